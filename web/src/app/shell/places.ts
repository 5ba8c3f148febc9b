import {
  IconAffiliate,
  IconApps,
  IconBook2,
  IconBriefcase2,
  IconBuilding,
  IconChartBar,
  IconFileText,
  IconHistory,
  IconListTree,
  IconPlayerPlay,
  IconSettings,
  IconTimeline,
  IconUserHeart,
  type TablerIcon,
  IconChartPie,
} from "@tabler/icons-react";
import type { LinkProps } from "@tanstack/react-router";

/** The element that holds the page itself, below the bar. */
export const PAGE_ID = "the-page";

export interface PlaceLink {
  title: string;
  icon: TablerIcon;
  to: NonNullable<LinkProps["to"]>;
  keys?: string;
}

/** Around the books. */
export const PLACES: readonly PlaceLink[] = [
  { title: "Books", icon: IconBook2, to: "/app/books", keys: "g l" },
  { title: "Deals", icon: IconBriefcase2, to: "/app/deals", keys: "g e" },
  { title: "Runs", icon: IconPlayerPlay, to: "/app/runs", keys: "g r" },
  { title: "Usage", icon: IconChartBar, to: "/app/usage", keys: "g u" },
  { title: "Organisations", icon: IconBuilding, to: "/app/orgs", keys: "g o" },
  { title: "Applications", icon: IconApps, to: "/app/applications", keys: "g p" },
  { title: "Audit", icon: IconHistory, to: "/app/audit", keys: "g a" },
  { title: "Settings", icon: IconSettings, to: "/app/settings", keys: "g s" },
];

/** Inside one book. */
export const BOOK_VIEWS = [
  { title: "Book", icon: IconListTree, to: "/app/books/$cimId", keys: "g b" },
  { title: "Buyer workshop", icon: IconUserHeart, to: "/app/books/$cimId/buyer", keys: "g w" },
  { title: "Relationship map", icon: IconAffiliate, to: "/app/books/$cimId/map", keys: "g m" },
  { title: "Market builder", icon: IconChartPie, to: "/app/books/$cimId/market", keys: "g k" },
  { title: "Story architect", icon: IconTimeline, to: "/app/books/$cimId/story", keys: "g y" },
  { title: "Documents", icon: IconFileText, to: "/app/books/$cimId/documents", keys: "g d" },
] as const;
