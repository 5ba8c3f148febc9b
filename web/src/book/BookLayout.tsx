import { Button, Drawer, SegmentedControl } from "@mantine/core";
import { IconListTree } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";

import type { Book } from "~/api/types";
import { usePreference } from "~/lib/preferences";

import { StageRail } from "./bar/StageRail";
import classes from "./BookLayout.module.css";

interface BookLayoutProps {
  book: Book;
  isWide: boolean;
  /** Where the person is among the slides, in words. */
  place: string;
  tree: (onOpened?: () => void) => ReactNode;
  /** On a phone: the slide as the page that is exported, or its words in a column. */
  asPage: boolean;
  onAsPage: (next: boolean) => void;
  children: ReactNode;
}

/** Tree left, slide in the middle; on a phone one column, stages at the top, the tree as a sheet. */
export function BookLayout({ book, isWide, place, tree, asPage, onAsPage, children }: BookLayoutProps) {
  const [layout, setLayout] = usePreference<Record<string, number>>("book-tree", { tree: 24, middle: 76 });
  const [isOpen, setOpen] = useState(false);
  const { draft, needs_review, approved } = book.slide_counts;
  const hasSlides = draft + needs_review + approved > 0;

  if (isWide)
    return (
      <Group
        id="book-tree"
        className={classes["panels"] ?? ""}
        defaultLayout={layout}
        onLayoutChanged={(next, { isUserInteraction }) => {
          if (isUserInteraction) setLayout(next);
        }}
      >
        <Panel id="tree" minSize="180px" maxSize="40%">
          <nav aria-label="Slides" className={classes["tree"]} tabIndex={-1}>
            {tree()}
          </nav>
        </Panel>
        <Separator className={classes["separator"] ?? ""} aria-label="Width of the tree" />
        <Panel id="middle" minSize="50%">
          <div className={classes["middle"]} data-middle>
            {children}
          </div>
        </Panel>
      </Group>
    );

  return (
    <div className={classes["narrow"]}>
      <div className={classes["top"]}>
        <StageRail book={book} />
        <div className={classes["tools"]}>
          <Button
            variant="subtle"
            color="gray"
            size="sm"
            leftSection={<IconListTree size={16} aria-hidden />}
            onClick={() => setOpen(true)}
          >
            Slides · {place}
          </Button>
          {hasSlides && (
            <SegmentedControl
              aria-label="How slides are shown"
              value={asPage ? "page" : "text"}
              onChange={(next) => onAsPage(next === "page")}
              data={[
                { value: "text", label: "Text" },
                { value: "page", label: "Page" },
              ]}
            />
          )}
        </div>
      </div>
      <div data-middle>{children}</div>
      <Drawer
        opened={isOpen}
        onClose={() => setOpen(false)}
        position="left"
        size="88%"
        title="Slides"
        padding="xs"
      >
        {tree(() => setOpen(false))}
      </Drawer>
    </div>
  );
}
