/** What still stands between a book and its completion, from what was read. Pure; the API decides. */
import type { ArtifactName, Book, Finding, Slide } from "~/api/types";
import { ARTIFACT_NAMES } from "~/lib/words";

export interface Obstacle {
  words: string;
  /** Where it can be settled. */
  slideId?: string;
  stage?: string;
}

const STAGE_OF: Record<ArtifactName, string> = {
  buyer_persona: "buyer_persona",
  hero_context: "hero_concept",
  outline: "outline",
};
const BLOCKING = new Set(["unsupported_figure", "contradicted_figure"]);

export function obstacles(book: Book, slides: readonly Slide[], findings: readonly Finding[]): Obstacle[] {
  const found: Obstacle[] = [];
  for (const name of Object.keys(STAGE_OF) as ArtifactName[]) {
    const artifact = book.artifacts[name];
    const stage = STAGE_OF[name];
    if (!artifact) found.push({ words: `${ARTIFACT_NAMES[name]} is missing`, stage });
    else if (artifact.stale_reason) found.push({ words: `${ARTIFACT_NAMES[name]} needs review`, stage });
  }
  if (slides.length === 0) found.push({ words: "There are no slides" });
  const count = (number: number, one: string, many: string): string =>
    number === 1 ? `1 slide ${one}` : `${number} slides ${many}`;
  const review = slides.filter(({ status }) => status === "needs_review");
  const drafts = slides.filter(({ status }) => status === "draft");
  if (review[0])
    found.push({ words: count(review.length, "needs review", "need review"), slideId: review[0].id });
  if (drafts[0])
    found.push({ words: count(drafts.length, "is not approved", "are not approved"), slideId: drafts[0].id });
  const open = findings.filter(({ kind, accepted }) => BLOCKING.has(kind) && !accepted);
  if (open[0])
    found.push({
      words:
        open.length === 1
          ? "1 figure is contradicted or has no source"
          : `${open.length} figures are contradicted or have no source`,
      slideId: open[0].slide_id,
    });
  return found;
}
