import { Skeleton } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";

import type { BookRow } from "~/api/types";
import { fullTime, when } from "~/lib/dates";
import { useActions } from "~/lib/keys/actions";
import { BOOK_STATUS_NAMES, STAGE_NAMES } from "~/lib/words";

import { toReview } from "./arrange";
import classes from "./BookList.module.css";
import { SlideProgress } from "./SlideProgress";

const ROW_HEIGHT = 44;
const NEAR_END = 20;
const SKELETONS = 8;

interface BookListProps {
  rows: readonly BookRow[];
  /** Absent where all are of one deal. */
  dealNames?: ReadonlyMap<string, string>;
  isLoading: boolean;
  /** The last rows come into sight. */
  onEnd: () => void;
}

/** Thousands of rows, of which only those in sight are drawn. j and k walk, Enter opens. */
export function BookList({ rows, dealNames, isLoading, onEnd }: BookListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const [chosen, setChosen] = useState(-1);
  // The virtualizer's functions change with its state; the compiler's memoisation would freeze them.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - NEAR_END) onEnd();
  }, [last, rows.length, onEnd]);

  const walk = (step: number): void => {
    const next = Math.min(Math.max(chosen + step, 0), rows.length - 1);
    setChosen(next);
    virtual.scrollToIndex(next);
  };
  const open = (): void => {
    const row = rows[chosen];
    if (row) void navigate({ to: "/app/books/$cimId", params: { cimId: row.id } });
  };
  useActions([
    { id: "next-book", title: "Next book", group: "Books", keys: "j", run: () => walk(1), hidden: true },
    {
      id: "previous-book",
      title: "Previous book",
      group: "Books",
      keys: "k",
      run: () => walk(-1),
      hidden: true,
    },
    ...(chosen >= 0
      ? [{ id: "open-book", title: "Open the book", group: "Books", keys: "o", run: open, hidden: true }]
      : []),
  ]);

  return (
    <div
      className={classes["table"]}
      role="table"
      aria-label="Books"
      aria-rowcount={rows.length + 1}
      data-of-deal={!dealNames || undefined}
    >
      <div className={classes["headings"]} role="row" aria-rowindex={1}>
        <span role="columnheader">Title</span>
        {dealNames && (
          <span role="columnheader" className={classes["deal"]}>
            Deal
          </span>
        )}
        <span role="columnheader">Stage</span>
        <span role="columnheader" className={classes["progress"]}>
          Slides approved
        </span>
        <span role="columnheader" className={classes["progress"]}>
          To review
        </span>
        <span role="columnheader" className={classes["end"]}>
          Changed
        </span>
      </div>
      {/* A scrolling region is reached by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={scroller} className={classes["rows"]} role="rowgroup" tabIndex={0}>
        {isLoading &&
          Array.from({ length: SKELETONS }, (_, row) => (
            <div key={row} className={classes["skeleton"]}>
              <Skeleton height={12} width={`${40 + ((row * 7) % 30)}%`} />
            </div>
          ))}
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {shown.map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            const review = toReview(row);
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={index + 2}
                className={classes["row"]}
                data-chosen={index === chosen || undefined}
                style={{ transform: `translateY(${start}px)` }}
              >
                <span role="cell" className={classes["title"]} title={row.title}>
                  <Link
                    to="/app/books/$cimId"
                    params={{ cimId: row.id }}
                    className={classes["link"]}
                    onFocus={() => setChosen(index)}
                  >
                    {row.title}
                  </Link>
                </span>
                {dealNames && (
                  <span
                    role="cell"
                    className={`${classes["quiet"]} ${classes["deal"]}`}
                    title={dealNames.get(row.deal_id)}
                  >
                    {dealNames.get(row.deal_id)}
                  </span>
                )}
                <span role="cell" className={classes["quiet"]}>
                  {row.status === "complete" ? BOOK_STATUS_NAMES.complete : STAGE_NAMES[row.stage]}
                </span>
                <span role="cell" className={classes["progress"]}>
                  <SlideProgress counts={row.slide_counts} />
                </span>
                <span
                  role="cell"
                  className={`${classes["progress"]} ${review > 0 ? classes["review"] : classes["quiet"]}`}
                >
                  {review > 0 ? `${review} to review` : ""}
                </span>
                <span role="cell" className={classes["changed"]} title={fullTime(row.updated_at)}>
                  {when(row.updated_at)}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
