/** The names that people read for the API's words. */
import type { ArtifactName, BookStatus, SlideStatus, Stage, StaleReason } from "~/api/types";

export const STAGES: readonly Stage[] = [
  "welcome",
  "buyer_persona",
  "hero_concept",
  "outline",
  "building_sections",
];

export const STAGE_NAMES: Record<Stage, string> = {
  welcome: "Welcome",
  buyer_persona: "Buyer persona",
  hero_concept: "Hero concept",
  outline: "Outline",
  building_sections: "Sections",
};

export const BOOK_STATUS_NAMES: Record<BookStatus, string> = {
  draft: "Draft",
  in_progress: "In progress",
  complete: "Complete",
};

export const SLIDE_STATUS_NAMES: Record<SlideStatus, string> = {
  draft: "Draft",
  needs_review: "Needs review",
  approved: "Approved",
};

export const ARTIFACT_NAMES: Record<ArtifactName, string> = {
  buyer_persona: "Buyer persona",
  hero_context: "Hero concept",
  outline: "Outline",
};

export const STALE_REASONS: Record<StaleReason, string> = {
  welcome_changed: "The book went back to the start.",
  buyer_persona_changed: "The buyer persona changed.",
  hero_concept_changed: "The hero concept changed.",
  outline_changed: "The outline changed.",
};
