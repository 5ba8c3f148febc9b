import { useNavigate } from "@tanstack/react-router";

import type { Slide } from "~/api/types";
import { newId } from "~/lib/ids";
import { useCommands } from "~/lib/queue/useCommands";
import { tell } from "~/lib/tell";

import { moved, type SectionSlides } from "./data/order";
import { draftOf } from "./slide/slideBody";

export interface SlideDeeds {
  add: (sectionId: string) => void;
  remove: (slide: Slide) => void;
  move: (slide: Slide, sectionId: string, place: number) => void;
  approveSection: (sectionId: string) => void;
}

/** What is done with slides as wholes. */
export function useSlideDeeds(cimId: string, groups: readonly SectionSlides[]): SlideDeeds {
  const { send } = useCommands(cimId);
  const navigate = useNavigate();
  const slidesOf = (sectionId: string): readonly Slide[] =>
    groups.find(({ section }) => section.id === sectionId)?.slides ?? [];

  const open = (slideId: string): void =>
    void navigate({ to: "/app/books/$cimId/slides/$slideId", params: { cimId, slideId } });

  return {
    add: (sectionId) => {
      const id = `s-${newId().slice(0, 18)}`;
      void send({
        type: "save_slide",
        slide: {
          id,
          section_id: sectionId,
          title: "New slide",
          layout_type: "bullets",
          components: [{ type: "bullets", id: "c1", items: [""], sources: [] }],
          sources: [],
          notes: "",
        },
      });
      // The slide is there as soon as the queue has it.
      setTimeout(() => open(id), 50);
    },
    remove: (slide) => {
      const all = groups.flatMap(({ slides }) => slides);
      const at = all.findIndex(({ id }) => id === slide.id);
      const next = all[at + 1] ?? all[at - 1];
      void send({ type: "remove_slide", slide_id: slide.id });
      tell("Ctrl+Z brings it back.", `Removed “${slide.title}”`);
      if (next) open(next.id);
      else void navigate({ to: "/app/books/$cimId", params: { cimId } });
    },
    move: (slide, sectionId, place) => {
      const ids = slidesOf(sectionId).map(({ id }) => id);
      if (slide.section_id === sectionId) {
        const from = ids.indexOf(slide.id);
        const to = Math.max(0, Math.min(place, ids.length - 1));
        if (from !== to)
          void send({ type: "reorder_slides", section_id: sectionId, slide_ids: moved(ids, from, to) });
        return;
      }
      void send({ type: "save_slide", slide: draftOf(slide.id, sectionId, slide) });
      const order = [...ids.slice(0, place), slide.id, ...ids.slice(place)];
      void send({ type: "reorder_slides", section_id: sectionId, slide_ids: order });
    },
    approveSection: (sectionId) => {
      for (const { id, status } of slidesOf(sectionId))
        if (status !== "approved") void send({ type: "approve_slide", slide_id: id });
    },
  };
}
