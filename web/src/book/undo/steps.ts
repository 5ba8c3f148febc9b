/** One's own last changes, read from the log, and what undoes each. Pure. */
import type { ArtifactName, EventRecord } from "~/api/types";

import { slideIdOf } from "../data/eventLog";

export const MOST_STEPS = 20;

export type Target =
  | { is: "slide"; slideId: string }
  | { is: "order"; sectionId: string }
  | { is: "artifact"; artifact: ArtifactName }
  | { is: "title" };

export interface Step {
  commandId: string;
  target: Target;
  /** The last revision before the change, and the one right after it. */
  before: number;
  after: number;
}

const ARTIFACTS: Partial<Record<string, ArtifactName>> = {
  buyer_persona_saved: "buyer_persona",
  hero_context_saved: "hero_context",
  outline_saved: "outline",
};

function targetOf(event: EventRecord): Target | null {
  const slideId = slideIdOf(event);
  if (slideId && (event.type === "slide_saved" || event.type === "slide_removed"))
    return { is: "slide", slideId };
  if (event.type === "slides_reordered") return { is: "order", sectionId: String(event.data["section_id"]) };
  if (event.type === "renamed") return { is: "title" };
  const artifact = ARTIFACTS[event.type];
  return artifact ? { is: "artifact", artifact } : null;
}

export function sameTarget(one: Target, other: Target): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The changes of this person that can be undone, oldest first. */
export function stepsOf(events: readonly EventRecord[], personId: string): Step[] {
  const steps: Step[] = [];
  for (const event of events) {
    if (event.actor.kind !== "user" || event.actor.id !== personId) continue;
    const target = targetOf(event);
    if (!target) continue;
    const last = steps.at(-1);
    if (last?.commandId === event.command_id) last.after = event.seq;
    else steps.push({ commandId: event.command_id, target, before: event.seq - 1, after: event.seq });
  }
  return steps;
}

/** Who changed the same after it, if somebody did: then it is not undone, for their change would go with it. */
export function changedSince(
  events: readonly EventRecord[],
  step: Step,
  personId: string,
  own: ReadonlySet<string>,
): EventRecord | null {
  return (
    events.findLast((event) => {
      if (event.seq <= step.after || own.has(event.command_id)) return false;
      const target = targetOf(event);
      return target !== null && sameTarget(target, step.target) && event.actor.id !== personId;
    }) ?? null
  );
}

/** What was undone and can be done again. Kept while the page is open. */
export interface Trail {
  /** Ids of commands that undid or redid something: no steps of their own. */
  made: ReadonlySet<string>;
  /** Undone steps, the last one at the end. */
  undone: readonly Step[];
}

export const NO_TRAIL: Trail = { made: new Set(), undone: [] };

/** The step that Ctrl+Z takes back. */
export function nextUndo(steps: readonly Step[], trail: Trail): Step | null {
  const undone = new Set(trail.undone.map(({ commandId }) => commandId));
  const own = steps.filter(({ commandId }) => !trail.made.has(commandId)).slice(-MOST_STEPS);
  return own.findLast(({ commandId }) => !undone.has(commandId)) ?? null;
}

/** The step that Ctrl+Shift+Z does again: none once something new was done since. */
export function nextRedo(steps: readonly Step[], trail: Trail): Step | null {
  const last = trail.undone.at(-1);
  if (!last) return null;
  const undone = new Set(trail.undone.map(({ commandId }) => commandId));
  const isNewer = steps.some(
    ({ commandId, after }) => after > last.after && !trail.made.has(commandId) && !undone.has(commandId),
  );
  return isNewer ? null : last;
}
