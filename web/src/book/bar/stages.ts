/** How each stage of a book stands. Pure. */
import type { ArtifactName, Book, Stage } from "~/api/types";
import { STAGES } from "~/lib/words";

export type StageState = "done" | "current" | "stale" | "waiting";

export const ARTIFACT_OF: Partial<Record<Stage, ArtifactName>> = {
  buyer_persona: "buyer_persona",
  hero_concept: "hero_context",
  outline: "outline",
};

export const STATE_WORDS: Record<StageState, string> = {
  done: "done",
  current: "you are here",
  stale: "needs review",
  waiting: "waiting",
};

export function isStale(book: Book, stage: Stage): boolean {
  if (stage === "building_sections") return book.slide_counts.needs_review > 0;
  const artifact = ARTIFACT_OF[stage];
  return artifact !== undefined && book.artifacts[artifact]?.stale_reason != null;
}

export function stateOf(book: Book, stage: Stage): StageState {
  if (isStale(book, stage)) return "stale";
  if (book.status === "complete") return "done";
  if (book.stage === stage) return "current";
  if (book.completed_stages.includes(stage)) return "done";
  return STAGES.indexOf(stage) < STAGES.indexOf(book.stage) ? "done" : "waiting";
}
