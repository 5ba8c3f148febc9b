import { Skeleton } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";

import { fullTime } from "~/lib/dates";

import shared from "../shared/Around.module.css";
import classes from "./Audit.module.css";
import type { AuditRow } from "./data";
import { actionInWords, inWords, partyOf, toneOf } from "./words";

const ROW_HEIGHT = 34;
const NEAR_END = 30;
const SKELETONS = 10;
const STAMP = new Intl.DateTimeFormat("en-GB", {
  day: "2-digit",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

interface AuditListProps {
  rows: readonly AuditRow[];
  names: ReadonlyMap<string, string>;
  isLoading: boolean;
  onOpen: (row: AuditRow) => void;
  /** The last rows come into sight. */
  onEnd: () => void;
}

/** The newest entry first; of many only those in sight are drawn. */
export function AuditList({ rows, names, isLoading, onOpen, onEnd }: AuditListProps) {
  const scroller = useRef<HTMLDivElement>(null);
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
  return (
    <div role="table" aria-label="Audit log" className={classes["table"]}>
      <div role="row" className={classes["headings"]}>
        <span role="columnheader">When</span>
        <span role="columnheader">Who</span>
        <span role="columnheader">What</span>
        <span role="columnheader">To what</span>
        <span role="columnheader">Result</span>
        <span role="columnheader">From</span>
      </div>
      {/* A scrolling region is reached by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={scroller} role="rowgroup" className={classes["rows"]} tabIndex={0}>
        {isLoading &&
          Array.from({ length: SKELETONS }, (_, row) => (
            <Skeleton key={row} height={12} my={11} width={`${50 + ((row * 7) % 30)}%`} />
          ))}
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {shown.map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <div
                key={row.entry_id}
                role="row"
                className={classes["row"]}
                style={{ transform: `translateY(${start}px)` }}
              >
                <span role="cell" className={classes["quiet"]} title={fullTime(row.at)}>
                  {STAMP.format(new Date(row.at))}
                </span>
                <span role="cell" className={classes["cut"]}>
                  {inWords(partyOf(row.actor), names)}
                </span>
                <span role="cell" className={classes["cut"]}>
                  <button type="button" className={classes["open"]} onClick={() => onOpen(row)}>
                    {actionInWords(row.action)}
                  </button>
                </span>
                <span role="cell" className={`${classes["cut"]} ${classes["quiet"]}`}>
                  {inWords(partyOf(row.target), names)}
                </span>
                <span role="cell">
                  <span className={shared["state"]} data-tone={toneOf(row)}>
                    {row.result}
                  </span>
                </span>
                <span role="cell" className={`${classes["cut"]} ${classes["quiet"]}`}>
                  {row.from_ip}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
