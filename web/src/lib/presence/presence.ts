/** Who is where in a book, from what their pages tell. Pure. */

export const SILENT_MS = 120_000;

export interface Place {
  view: string;
  slide_id?: string | null;
  is_editing?: boolean;
}

export interface PresenceNotice {
  person_id: string;
  email: string | null;
  page_id: string;
  place: Place;
  what: "arrived" | "here" | "left";
  at: string;
}

/** One open page of somebody else. */
export interface Present {
  personId: string;
  email: string;
  pageId: string;
  place: Place;
  /** When this page heard of it, by its own clock. */
  heardAt: number;
  /** The page was left; it is kept for a while, since what it told before may come after that. */
  hasLeft: boolean;
}

/** With the pages that were there before, unless they told something since. `asOf`: now, by the clock of `at`. */
export function withThere(
  known: readonly Present[],
  there: readonly Omit<PresenceNotice, "what">[],
  now: number,
  asOf: number,
): readonly Present[] {
  return there
    .filter(({ page_id }) => !known.some(({ pageId }) => pageId === page_id))
    .reduce((all, page) => {
      const silentFor = Math.max(0, asOf - Date.parse(page.at));
      return withNotice(all, { ...page, what: "here" }, now - silentFor);
    }, known);
}

export function withNotice(
  known: readonly Present[],
  notice: PresenceNotice,
  now: number,
): readonly Present[] {
  const { person_id: personId, email, page_id: pageId, place, what } = notice;
  if (what === "here" && known.some((present) => present.pageId === pageId && present.hasLeft)) return known;
  const others = known.filter((present) => present.pageId !== pageId);
  return [...others, { personId, email: email ?? "", pageId, place, heardAt: now, hasLeft: what === "left" }];
}

/** Without those who have been silent for two minutes. The same list when nobody went. */
export function stillHere(known: readonly Present[], now: number): readonly Present[] {
  const left = known.filter(({ heardAt }) => now - heardAt < SILENT_MS);
  return left.length === known.length ? known : left;
}

/** Each person once, where they were last. */
export function people(known: readonly Present[]): Present[] {
  const latest = new Map<string, Present>();
  const here = known.filter(({ hasLeft }) => !hasLeft);
  for (const present of here.toSorted((one, other) => one.heardAt - other.heardAt))
    latest.set(present.personId, present);
  return [...latest.values()].sort((one, other) => one.email.localeCompare(other.email));
}
