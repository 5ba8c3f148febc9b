import type { SlideCounts } from "~/api/types";

import classes from "./SlideProgress.module.css";

/** How many slides are approved, as figures and as a thin bar. */
export function SlideProgress({ counts }: { counts: SlideCounts }) {
  const total = counts.draft + counts.needs_review + counts.approved;
  if (total === 0) return <span className={classes["none"]}>no slides</span>;
  return (
    <span className={classes["progress"]}>
      <span className={classes["figures"]}>
        {counts.approved} of {total}
      </span>
      <span className={classes["bar"]} aria-hidden>
        <span className={classes["done"]} style={{ width: `${(counts.approved / total) * 100}%` }} />
      </span>
    </span>
  );
}
