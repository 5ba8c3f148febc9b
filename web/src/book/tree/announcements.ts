/** What is said while a slide is moved, for those who do not see it. Pure. */
import type { Announcements, UniqueIdentifier } from "@dnd-kit/core";

import type { SectionSlides } from "../data/order";

export const HOW_TO_MOVE =
  "Press space to pick the slide up, the arrow keys to move it, space to put it down, escape to leave it where it was.";

export function announcementsFor(groups: readonly SectionSlides[]): Announcements {
  const titleOf = (id: UniqueIdentifier): string =>
    groups.flatMap(({ slides }) => slides).find((slide) => slide.id === id)?.title ?? "the slide";
  const placeOf = (id: UniqueIdentifier | undefined): string => {
    for (const { section, slides } of groups) {
      const at = slides.findIndex((slide) => slide.id === id);
      if (at >= 0) return `place ${at + 1} of ${slides.length} in “${section.title}”`;
    }
    return "no place";
  };
  return {
    onDragStart: ({ active }) => `Picked up “${titleOf(active.id)}”.`,
    onDragOver: ({ active, over }) => `“${titleOf(active.id)}” is over ${placeOf(over?.id)}.`,
    onDragEnd: ({ active, over }) => `“${titleOf(active.id)}” was put down at ${placeOf(over?.id)}.`,
    onDragCancel: ({ active }) => `“${titleOf(active.id)}” stays where it was.`,
  };
}
