import type { Actor, EventRecord, Slide } from "~/api/types";
import { useSession } from "~/lib/session/useSession";
import { useStore } from "~/lib/store";

import { slideIdOf, useEventLog } from "../data/eventLog";
import { type Clash, lostIn } from "./merge";
import { type LastSave, lastSaveOf } from "./work";

const LONG_AGO_MS = 60 * 60_000;

export interface LostWords {
  by: Actor;
  at: string;
  lost: Clash[];
  mine: LastSave;
}

/** Whether somebody wrote over what this person saved last in the slide, and what went. */
export function useLostWords(cimId: string, slide: Slide): LostWords | null {
  const { personId } = useSession();
  const events = useEventLog(cimId);
  const mine = useStore(lastSaveOf(cimId, slide.id));
  if (mine?.rev == null) return null;
  const over = writtenOver(events, slide.id, mine.rev, personId);
  if (!over || new Date(over.at).getTime() - mine.at > LONG_AGO_MS) return null;
  const lost = lostIn(mine.base, mine.mine, slide);
  return lost.length ? { by: over.actor, at: over.at, lost, mine } : null;
}

/** The save of somebody else after mine, if it is the last one. */
export function writtenOver(
  events: readonly EventRecord[],
  slideId: string,
  rev: number,
  personId: string,
): EventRecord | null {
  const last = events.findLast((event) => event.type === "slide_saved" && slideIdOf(event) === slideId);
  return last && last.seq > rev && !(last.actor.kind === "user" && last.actor.id === personId) ? last : null;
}
