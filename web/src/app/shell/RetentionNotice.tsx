import { useQuery } from "@tanstack/react-query";

import { retentionQuery } from "~/api/queries";
import { useBook } from "~/api/useBook";
import { fullTime } from "~/lib/dates";

import classes from "./ReachBanner.module.css";

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

/** When the book is deleted by the rule of its organisation, and what keeps it. Nothing while that is not announced. */
export function RetentionNotice({ cimId }: { cimId: string }) {
  const { status } = useBook(cimId);
  const endsAt = useQuery(retentionQuery(cimId)).data?.ends_at;
  if (!endsAt) return null;
  return (
    <p role="note" aria-label="End of the book" className={classes["announced"]}>
      By the rule of your organisation this book will be deleted on{" "}
      <time dateTime={endsAt} title={fullTime(endsAt)}>
        {DAY.format(new Date(endsAt))}
      </time>
      .{" "}
      {status === "complete"
        ? "It is kept if it is opened again before then."
        : "Any change before then keeps it."}
    </p>
  );
}
