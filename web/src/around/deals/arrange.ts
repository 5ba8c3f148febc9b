/** Search and order of deals. Pure. */
import { found } from "../shared/found";
import type { DealRow } from "./data";

export type DealSort = "name" | "newest" | "project";
export type Shown = "open" | "archived" | "all";

export const DEAL_SORTS: readonly { value: DealSort; label: string }[] = [
  { value: "name", label: "Name" },
  { value: "newest", label: "Newest" },
  { value: "project", label: "Project" },
];

export const SHOWN: readonly { value: Shown; label: string }[] = [
  { value: "open", label: "Open" },
  { value: "archived", label: "Archived" },
  { value: "all", label: "All" },
];

const byWords = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const ORDERS: Record<DealSort, (one: DealRow, other: DealRow) => number> = {
  name: (one, other) => byWords.compare(one.name, other.name),
  newest: (one, other) => other.created_at.localeCompare(one.created_at),
  project: (one, other) => byWords.compare(one.project.name, other.project.name),
};

interface Wanted {
  words: string;
  sort: DealSort;
  shown: Shown;
  projectId?: string | undefined;
}

export function arrangedDeals(
  rows: readonly DealRow[],
  { words, sort, shown, projectId }: Wanted,
): readonly DealRow[] {
  const chosen = rows.filter(
    ({ archived_at, project_id }) =>
      (shown === "all" || (archived_at !== null) === (shown === "archived")) &&
      (projectId === undefined || project_id === projectId),
  );
  return found(chosen, words, ({ name, project }) => `${name} ${project.name}`).toSorted(
    (one, other) => ORDERS[sort](one, other) || ORDERS.name(one, other),
  );
}
