/** Which passages the slides rest on. Pure. */
import type { Slide } from "~/api/types";
import { referencesOf } from "~/book/slide/anchors";

export type SlidesOfPassage = ReadonlyMap<string, readonly Slide[]>;

export function slidesByPassage(slides: readonly Slide[]): SlidesOfPassage {
  const found = new Map<string, Slide[]>();
  for (const slide of slides)
    for (const id of new Set(referencesOf(slide).map(({ passage_id }) => passage_id))) {
      if (id) found.set(id, [...(found.get(id) ?? []), slide]);
    }
  return found;
}
