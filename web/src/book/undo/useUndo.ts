import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";

import type { Command, Slide } from "~/api/types";
import { useCommands } from "~/lib/queue/useCommands";
import { useSession } from "~/lib/session/useSession";
import { createStore } from "~/lib/store";
import { tell, tellError } from "~/lib/tell";

import { eventsQuery } from "../data/eventLog";
import { pastQuery } from "../data/past";
import type { NameOf } from "../data/people";
import { saveWork } from "../edit/useSlideEditor";
import { draftOf } from "../slide/slideBody";
import { changedSince, nextRedo, nextUndo, NO_TRAIL, type Step, stepsOf, type Trail } from "./steps";

const trails = new Map<string, { get: () => Trail; set: (next: Trail) => void }>();

/** Ctrl+Z for what this person did to the book, step by step, through the log. */
export function useUndo(
  cimId: string,
  slides: readonly Slide[],
  nameOf: NameOf,
): { undo: () => void; redo: () => void } {
  const client = useQueryClient();
  const { personId } = useSession();
  const { send } = useCommands(cimId);

  /** The command that brings the target of a step to what it was at a revision. */
  const commandFor = useCallback(
    async ({ target }: Step, seq: number): Promise<Command | null> => {
      if (target.is === "artifact") return { type: "restore", to_seq: seq, artifact: target.artifact };
      const then = await client.query(pastQuery(cimId, seq));
      switch (target.is) {
        case "title":
          return { type: "rename", title: then.cim.title };
        case "order": {
          const now = new Set(
            slides.filter((each) => each.section_id === target.sectionId).map(({ id }) => id),
          );
          const order = then.slides.filter(({ id }) => now.has(id)).map(({ id }) => id);
          const rest = [...now].filter((id) => !order.includes(id));
          return { type: "reorder_slides", section_id: target.sectionId, slide_ids: [...order, ...rest] };
        }
        case "slide": {
          const was = then.slides.find(({ id }) => id === target.slideId);
          if (was) return { type: "save_slide", slide: draftOf(was.id, was.section_id, was) };
          return slides.some(({ id }) => id === target.slideId)
            ? { type: "remove_slide", slide_id: target.slideId }
            : null;
        }
      }
    },
    [cimId, client, slides],
  );

  const run = useCallback(
    async (what: "undo" | "redo"): Promise<void> => {
      const known = trails.get(cimId) ?? createStore(NO_TRAIL);
      trails.set(cimId, known);
      await saveWork();
      const events = await client.query({ ...eventsQuery(cimId), staleTime: 0 });
      const steps = stepsOf(events, personId);
      const step = what === "undo" ? nextUndo(steps, known.get()) : nextRedo(steps, known.get());
      if (!step || step.before < 1) {
        tell(what === "undo" ? "There is nothing of yours to undo." : "There is nothing to do again.");
        return;
      }
      const since = changedSince(events, step, personId, known.get().made);
      if (since) {
        tell(`${nameOf(since.actor)} has changed this since. Its history has every version.`, "Not undone");
        return;
      }
      const command = await commandFor(step, what === "undo" ? step.before : step.after);
      if (!command) return;
      const outcome = await send(command);
      if (outcome.is === "refused") return;
      const { made, undone } = known.get();
      known.set({
        made: new Set([...made, outcome.commandId]),
        undone: what === "undo" ? [...undone, step] : undone.slice(0, -1),
      });
      tell(`${what === "undo" ? "Undone" : "Done again"}: ${nameOfStep(step, slides)}`);
    },
    [cimId, client, commandFor, nameOf, personId, send, slides],
  );

  // Pressed twice, it goes back two steps, one after the other.
  const latest = useRef(run);
  const last = useRef(Promise.resolve());
  useEffect(() => {
    latest.current = run;
  });
  const press = useCallback((what: "undo" | "redo"): void => {
    last.current = last.current.then(() => latest.current(what)).catch(tellError);
  }, []);
  return { undo: () => press("undo"), redo: () => press("redo") };
}

function nameOfStep({ target }: Step, slides: readonly Slide[]): string {
  switch (target.is) {
    case "slide": {
      const title = slides.find(({ id }) => id === target.slideId)?.title;
      return title ? `a change of “${title}”` : "a change of a slide";
    }
    case "order":
      return "the order of the slides";
    case "title":
      return "the name of the book";
    case "artifact":
      return `a change of the ${target.artifact.replace("_context", " concept").replaceAll("_", " ")}`;
  }
}
