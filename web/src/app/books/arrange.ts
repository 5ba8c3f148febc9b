/** Search and order of the list of books. Pure. */
import type { BookRow } from "~/api/types";
import { STAGES } from "~/lib/words";

export type BookSort = "changed" | "title" | "stage" | "review";

export const SORTS: readonly { value: BookSort; label: string }[] = [
  { value: "changed", label: "Last changed" },
  { value: "title", label: "Title" },
  { value: "stage", label: "Stage" },
  { value: "review", label: "Most to review" },
];

/** What wants a look: slides to review and artifacts that no longer rest on what they were built from. */
export const toReview = ({ slide_counts, stale }: BookRow): number => slide_counts.needs_review + stale;

const ORDERS: Record<BookSort, (one: BookRow, other: BookRow) => number> = {
  changed: (one, other) => other.updated_at.localeCompare(one.updated_at),
  title: (one, other) => one.title.localeCompare(other.title, "en", { numeric: true, sensitivity: "base" }),
  stage: (one, other) => STAGES.indexOf(other.stage) - STAGES.indexOf(one.stage),
  review: (one, other) => toReview(other) - toReview(one),
};

/** Rows whose title or deal holds every word, in order; equal ones by last change. */
export function arranged(
  rows: readonly BookRow[],
  words: string,
  sort: BookSort,
  dealName: (dealId: string) => string,
): readonly BookRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = wanted.length
    ? rows.filter((row) => {
        const text = `${row.title} ${dealName(row.deal_id)}`.toLowerCase();
        return wanted.every((word) => text.includes(word));
      })
    : rows;
  if (sort === "changed") return found;
  return found.toSorted((one, other) => ORDERS[sort](one, other) || ORDERS.changed(one, other));
}
