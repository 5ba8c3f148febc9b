/** Why something needs review: the change behind it, who made it and when. Pure. */
import type { Actor, ArtifactName, EventRecord, Stage, StaleReason } from "~/api/types";
import { STAGE_NAMES } from "~/lib/words";

import { slideIdsOf } from "./eventLog";

export interface Cause {
  /** In words, without who and when: "The buyer persona changed". */
  what: string;
  actor: Actor;
  at: string;
  /** The last revision before the change. */
  before: number;
}

const SAVED: Partial<Record<string, string>> = {
  buyer_persona_saved: "The buyer persona changed",
  hero_context_saved: "The hero concept changed",
  outline_saved: "The outline changed",
  slides_reordered: "The slides were put in another order",
};

/** The change that marked it last, in what is left of the log. */
export function causeOf(
  events: readonly EventRecord[],
  marks: (event: EventRecord) => boolean,
): Cause | null {
  const at = events.findLastIndex(marks);
  const mark = events[at];
  if (!mark) return null;
  let from = at;
  while (events[from - 1]?.command_id === mark.command_id) from -= 1;
  const change = events.slice(from, at + 1).find((event) => wordsOf(event) !== null) ?? mark;
  return {
    what: wordsOf(change) ?? "Something that it rests on changed",
    actor: change.actor,
    at: change.at,
    before: (events[from]?.seq ?? 1) - 1,
  };
}

function wordsOf({ type, data }: EventRecord): string | null {
  if (type === "stage_entered") {
    const reason = typeof data["reason"] === "string" && data["reason"] ? `: “${data["reason"]}”` : "";
    return `The book went back to “${STAGE_NAMES[data["stage"] as Stage]}”${reason}`;
  }
  if (type === "restored") return `The state of revision ${String(data["to_seq"])} was brought back`;
  return SAVED[type] ?? null;
}

export function slideCause(
  events: readonly EventRecord[],
  slideId: string,
  reason: StaleReason | null,
): Cause | null {
  return causeOf(
    events,
    (event) =>
      event.type === "slides_marked_stale" &&
      slideIdsOf(event).includes(slideId) &&
      (reason === null || event.data["stale_reason"] === reason),
  );
}

export function artifactCause(events: readonly EventRecord[], artifact: ArtifactName): Cause | null {
  return causeOf(
    events,
    (event) => event.type === "artifact_marked_stale" && event.data["artifact"] === artifact,
  );
}
