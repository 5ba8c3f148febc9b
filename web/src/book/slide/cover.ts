/** What stands at the foot of a book's cover. Pure. */
import type { Book } from "~/api/types";

// The export counts days in UTC.
const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

export function coverLine({ status, updated_at }: Pick<Book, "status" | "updated_at">): string {
  return `${status === "complete" ? "" : "Draft   |   "}${DAY.format(new Date(updated_at))}`;
}
