import { useEffect, useRef } from "react";

import type { Slide } from "~/api/types";
import { useCommands } from "~/lib/queue/useCommands";

import { draftOf, missingIn, sameBody } from "../slide/slideBody";
import { merge3 } from "./merge";
import { leftBehind, workOn } from "./work";

/** What was typed right before the page was closed is saved when the book is opened again. */
export function useLeftBehind(cimId: string, slides: readonly Slide[] | undefined): void {
  const { send } = useCommands(cimId);
  const done = useRef<string | null>(null);
  useEffect(() => {
    if (!slides || done.current === cimId) return;
    done.current = cimId;
    for (const slideId of leftBehind(cimId)) {
      const store = workOn(cimId, slideId);
      const work = store.get();
      const slide = slides.find(({ id }) => id === slideId);
      if (!work || !slide || missingIn(work.mine)) continue;
      const { body } = merge3(work.base, work.mine, slide);
      if (!sameBody(body, slide))
        void send({ type: "save_slide", slide: draftOf(slideId, slide.section_id, body) });
      store.set(null);
    }
  }, [cimId, send, slides]);
}
