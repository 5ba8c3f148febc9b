/** Slides by section, in reading order. Pure. */
import type { Section, Slide } from "~/api/types";

export interface SectionSlides {
  section: Section;
  slides: readonly Slide[];
}

export function bySection(sections: readonly Section[], slides: readonly Slide[]): SectionSlides[] {
  const known = new Set(sections.map(({ id }) => id));
  const found = sections.map((section) => ({
    section,
    slides: slides.filter(({ section_id }) => section_id === section.id),
  }));
  const others = slides.filter(({ section_id }) => !known.has(section_id));
  if (others.length === 0) return found;
  const progress = { draft: 0, needs_review: 0, approved: 0 };
  const left: Section = {
    id: others[0]?.section_id ?? "",
    title: "No longer in the outline",
    description: "",
    progress,
  };
  return [...found, { section: left, slides: others }];
}

export function inReadingOrder(groups: readonly SectionSlides[]): Slide[] {
  return groups.flatMap(({ slides }) => slides);
}

/** The order with one item moved to another place. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = items.filter((_, at) => at !== from);
  const item = items[from];
  return item === undefined ? [...items] : [...rest.slice(0, to), item, ...rest.slice(to)];
}
