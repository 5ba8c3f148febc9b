/** The content of a slide, without its place and status. Pure. */
import type { Slide, SlideDraft } from "~/api/types";

export type SlideBody = Pick<Slide, "title" | "layout_type" | "components" | "sources" | "notes">;

export function bodyOf({ title, layout_type, components, sources, notes }: SlideBody): SlideBody {
  return { title, layout_type, components, sources, notes };
}

export function sameBody(one: SlideBody, other: SlideBody): boolean {
  return one === other || JSON.stringify(bodyOf(one)) === JSON.stringify(bodyOf(other));
}

export function draftOf(slideId: string, sectionId: string, body: SlideBody): SlideDraft {
  return { ...bodyOf(body), id: slideId, section_id: sectionId };
}

/** What the slide still lacks before it can be saved, in words. */
export function missingIn({ title, components }: SlideBody): string | null {
  if (title.trim() === "") return "the slide needs a title";
  const isUnnamed = components.some((one) => one.type === "metric" && one.label.trim() === "");
  return isUnnamed ? "a metric needs a label" : null;
}
