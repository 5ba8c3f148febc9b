import { IconAlertTriangle, IconCheck, IconPointFilled, type TablerIcon } from "@tabler/icons-react";

import type { SlideStatus } from "~/api/types";
import { SLIDE_STATUS_NAMES } from "~/lib/words";

import classes from "./StatusMark.module.css";

const ICONS: Record<SlideStatus, TablerIcon> = {
  draft: IconPointFilled,
  needs_review: IconAlertTriangle,
  approved: IconCheck,
};

/** Draft, needs review or approved: a sign, and the word for those who do not see it. */
export function StatusMark({ status, withWord = false }: { status: SlideStatus; withWord?: boolean }) {
  const Icon = ICONS[status];
  return (
    <span className={classes["mark"]} data-status={status}>
      <Icon size={14} aria-hidden />
      <span className={withWord ? undefined : "visually-hidden"}>{SLIDE_STATUS_NAMES[status]}</span>
    </span>
  );
}
