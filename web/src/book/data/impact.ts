/** What a change will put up for review, told before it is made: the cascade of the core, read from the head. Pure. */
import type { ArtifactName, Book, Section, Slide, Stage, StaleReason } from "~/api/types";
import { STAGES } from "~/lib/words";

export interface Impact {
  artifacts: readonly ArtifactName[];
  slides: readonly Slide[];
}

export const NO_IMPACT: Impact = { artifacts: [], slides: [] };

const GOING_BACK: Partial<Record<Stage, { reason: StaleReason; artifacts: readonly ArtifactName[] }>> = {
  welcome: { reason: "welcome_changed", artifacts: ["hero_context", "outline"] },
  buyer_persona: { reason: "buyer_persona_changed", artifacts: ["hero_context", "outline"] },
  hero_concept: { reason: "hero_concept_changed", artifacts: ["outline"] },
  outline: { reason: "outline_changed", artifacts: [] },
};

const SAVING: Record<ArtifactName, { reason: StaleReason; artifacts: readonly ArtifactName[] }> = {
  buyer_persona: { reason: "buyer_persona_changed", artifacts: ["hero_context", "outline"] },
  hero_context: { reason: "hero_concept_changed", artifacts: ["outline"] },
  outline: { reason: "outline_changed", artifacts: [] },
};

export function isBack(from: Stage, to: Stage): boolean {
  return STAGES.indexOf(to) < STAGES.indexOf(from);
}

function marked(
  book: Book,
  slides: readonly Slide[],
  { reason, artifacts }: { reason: StaleReason; artifacts: readonly ArtifactName[] },
): Impact {
  return {
    artifacts: artifacts.filter((name) => {
      const artifact = book.artifacts[name];
      return artifact != null && artifact.stale_reason !== reason;
    }),
    slides: slides.filter(({ stale_reason }) => stale_reason !== reason),
  };
}

export function impactOfGoingTo(book: Book, slides: readonly Slide[], stage: Stage): Impact {
  const rule = isBack(book.stage, stage) ? GOING_BACK[stage] : undefined;
  return rule ? marked(book, slides, rule) : NO_IMPACT;
}

export function impactOfSaving(
  book: Book,
  slides: readonly Slide[],
  artifact: "buyer_persona" | "hero_context",
): Impact {
  return marked(book, slides, SAVING[artifact]);
}

/** Only slides of sections that read differently, or are gone. */
export function impactOfOutline(
  book: Book,
  slides: readonly Slide[],
  next: readonly { id?: string | null; title: string; description?: string }[],
): Impact {
  const isTouched = ({ id, title, description }: Section): boolean => {
    const after = next.find((section) => section.id === id);
    return !after || after.title !== title || (after.description ?? "") !== description;
  };
  const touched = new Set(book.sections.filter(isTouched).map(({ id }) => id));
  const all = marked(book, slides, SAVING.outline);
  return { artifacts: [], slides: all.slides.filter(({ section_id }) => touched.has(section_id)) };
}

const ARTIFACT_WORDS: Record<ArtifactName, string> = {
  buyer_persona: "the buyer persona",
  hero_context: "the hero concept",
  outline: "the outline",
};

/** "The outline and 27 slides (23 of them approved) will need review." Null where nothing will. */
export function impactInWords({ artifacts, slides }: Impact): string | null {
  const approved = slides.filter(({ status }) => status === "approved").length;
  const counted = slides.length === 1 ? "1 slide" : `${slides.length} slides`;
  const withApproved = approved ? `${counted} (${approved} approved)` : counted;
  const things = [...artifacts.map((name) => ARTIFACT_WORDS[name]), ...(slides.length ? [withApproved] : [])];
  if (things.length === 0) return null;
  const list =
    things.length === 1 ? things[0] : `${things.slice(0, -1).join(", ")} and ${things.at(-1) ?? ""}`;
  const sentence = `${list ?? ""} will need review.`;
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}
