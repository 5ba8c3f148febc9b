import { useCallback, useEffect, useState } from "react";

import type { Slide } from "~/api/types";
import { useConnection } from "~/lib/connection";
import type { Change } from "~/lib/queue/change";
import { saveState, type SaveState } from "~/lib/queue/saveState";
import { useChanges, useCommands } from "~/lib/queue/useCommands";
import { useSession } from "~/lib/session/useSession";
import { useStore } from "~/lib/store";

import { useEventLog } from "../data/eventLog";
import { bodyOf, draftOf, missingIn, sameBody, type SlideBody } from "../slide/slideBody";
import { writtenOver } from "./lostWords";
import { type Clash, merge3, takenBack } from "./merge";
import { lastSaveOf, workOn } from "./work";

const SAVE_AFTER_MS = 700;
/** Saves this close to each other were made without knowing of each other. */
const TOGETHER_MS = 8_000;
/** Saves of a row that fit into that time. */
const MOST_BEFORES = 12;

export interface SlideEditor {
  /** The slide with everything that was typed. */
  slide: Slide;
  change: (next: SlideBody) => void;
  /** Saved at once, as a whole: an earlier version, or one's own words put back. */
  replace: (next: SlideBody) => void;
  state: SaveState;
  refused: readonly Change[];
  /** Where somebody saved the same while it was being typed; mine goes over it. */
  clashes: readonly Clash[];
  forgetClashes: () => void;
}

const timers = new Map<string, ReturnType<typeof setTimeout>>();
const unsaved = new Map<string, () => Promise<void>>();

/** One slide being edited: every letter kept at once, saved after a pause, merged with what others save meanwhile. */
export function useSlideEditor(cimId: string, saved: Slide): SlideEditor {
  const { id, section_id } = saved;
  const name = `${cimId}:${id}`;
  const store = workOn(cimId, id);
  const work = useStore(store);
  const lastSave = useStore(lastSaveOf(cimId, id));
  const { personId } = useSession();
  const events = useEventLog(cimId);
  const isWrittenOver = lastSave?.rev != null && writtenOver(events, id, lastSave.rev, personId) !== null;
  const { send } = useCommands(cimId);
  const reach = useConnection();
  const changes = useChanges(cimId);
  const [clashes, setClashes] = useState<readonly Clash[]>([]);
  const own = changes.filter(({ command }) => command.type === "save_slide" && command.slide.id === id);

  const save = useCallback(
    async (base: SlideBody, mine: SlideBody): Promise<void> => {
      const last = lastSaveOf(cimId, id);
      const before = last.get();
      // Saves in a row are one change of mine: what it began with stays.
      const row = before && sameBody(before.mine, base) ? before : { base, befores: [] };
      const befores = [...row.befores, base].slice(-MOST_BEFORES);
      const mark = { base: row.base, befores, mine, rev: null, at: Date.now() };
      last.set(mark);
      const outcome = await send({ type: "save_slide", slide: draftOf(id, section_id, mine) });
      if (last.get() !== mark) return;
      last.set(outcome.is === "saved" ? { ...mark, rev: outcome.rev } : null);
    },
    [cimId, id, section_id, send],
  );

  const flush = useCallback(async (): Promise<void> => {
    clearTimeout(timers.get(name));
    timers.delete(name);
    unsaved.delete(name);
    const now = store.get();
    if (!now || missingIn(now.mine)) return;
    if (!sameBody(now.base, now.mine)) await save(now.base, now.mine);
  }, [name, save, store]);

  const change = useCallback(
    (next: SlideBody): void => {
      store.set({ base: store.get()?.base ?? bodyOf(saved), mine: next, at: Date.now() });
      clearTimeout(timers.get(name));
      timers.set(
        name,
        setTimeout(() => void flush(), SAVE_AFTER_MS),
      );
      unsaved.set(name, flush);
    },
    [flush, name, saved, store],
  );

  // What the queue has taken over is not kept twice; what others saved meanwhile is taken in.
  useEffect(() => {
    const now = store.get();
    const seen = bodyOf(saved);
    const last = lastSaveOf(cimId, id).get();
    // Somebody else saved at the same moment, and has not seen mine.
    const together =
      isWrittenOver && last?.rev != null && saved.rev > last.rev && Date.now() - last.at < TOGETHER_MS
        ? takenBack(last.befores, last.mine, seen)
        : null;
    if (!now) {
      if (together) void save(seen, together);
      return;
    }
    if (sameBody(seen, now.mine)) {
      store.set(null);
      return;
    }
    if (sameBody(seen, now.base)) return;
    if (last && sameBody(last.mine, seen)) {
      store.set({ ...now, base: seen });
      return;
    }
    const merged = merge3(now.base, now.mine, together ?? seen);
    store.set({ ...now, base: seen, mine: merged.body });
    // What came in from outside is told to the person by way of state.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    if (merged.clashes.length) setClashes(merged.clashes);
  }, [cimId, id, isWrittenOver, lastSave, save, saved, store, work]);

  // Work left behind when the page was closed goes on its way.
  useEffect(() => {
    if (store.get())
      timers.set(
        name,
        setTimeout(() => void flush(), SAVE_AFTER_MS),
      );
    return () => void flush();
  }, [flush, name, store]);

  const missing = work && missingIn(work.mine);
  return {
    slide: work ? { ...saved, ...work.mine, status: "draft", stale_reason: null } : saved,
    change,
    replace: useCallback(
      (next) => {
        store.set(null);
        void save(bodyOf(saved), next);
      },
      [save, saved, store],
    ),
    state: missing
      ? { is: "queued", words: `not saved: ${missing}` }
      : work
        ? { is: "saving", words: reach === "online" ? "saving" : "kept here" }
        : saveState(own, reach, saved.updated_at),
    refused: own.filter(({ status }) => status === "refused"),
    clashes,
    forgetClashes: useCallback(() => setClashes([]), []),
  };
}

/** Everything that was typed goes to the queue now; resolves when it is answered. */
export async function saveWork(): Promise<void> {
  await Promise.all([...unsaved.values()].map((save) => save()));
}

/** What was typed last goes to the queue before the page goes away. */
export function flushOnLeave(): () => void {
  const leave = (): void => {
    if (document.visibilityState === "hidden") void saveWork();
  };
  const go = (): void => void saveWork();
  document.addEventListener("visibilitychange", leave);
  window.addEventListener("pagehide", go);
  return () => {
    document.removeEventListener("visibilitychange", leave);
    window.removeEventListener("pagehide", go);
  };
}
