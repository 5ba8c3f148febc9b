/** What the person has changed but the API has not answered yet, laid over what was read. Pure. */
import type { Book, Slide } from "~/api/types";

import type { Change } from "./change";

/** The head as it will read once these changes are through. What rests on them is told by the API only. */
export function bookWith(book: Book, pending: readonly Change[]): Book {
  return pending.reduce((before, { command, problem }) => {
    if (problem) return before;
    const { artifacts } = before;
    switch (command.type) {
      case "rename":
        return { ...before, title: command.title };
      case "navigate":
        return { ...before, stage: command.target_stage };
      case "save_buyer_persona": {
        const kept = artifacts.buyer_persona ?? { rev: before.rev };
        const saved = { ...kept, value: command.persona, stale_reason: null };
        return { ...before, artifacts: { ...artifacts, buyer_persona: saved } };
      }
      case "save_hero_context": {
        const kept = artifacts.hero_context ?? { rev: before.rev };
        const saved = { ...kept, value: command.hero, stale_reason: null };
        return { ...before, artifacts: { ...artifacts, hero_context: saved } };
      }
      case "confirm_artifact": {
        const named = artifacts[command.artifact];
        if (!named) return before;
        return {
          ...before,
          artifacts: { ...artifacts, [command.artifact]: { ...named, stale_reason: null } },
        };
      }
      default:
        return before;
    }
  }, book);
}

/** The slides as they will read once these changes are through. */
export function slidesWith(slides: readonly Slide[], pending: readonly Change[]): readonly Slide[] {
  return pending.reduce((before, { command, commandId, problem, at }) => {
    if (problem) return before;
    switch (command.type) {
      case "save_slide": {
        const { id, ...content } = command.slide;
        const updated_at = new Date(at).toISOString();
        if (id != null && before.some((slide) => slide.id === id)) {
          return before.map((slide) =>
            slide.id === id
              ? { ...slide, ...content, status: "draft" as const, stale_reason: null, updated_at }
              : slide,
          );
        }
        const position = before.filter((slide) => slide.section_id === content.section_id).length;
        const fresh: Slide = {
          ...content,
          id: id ?? commandId,
          position,
          status: "draft",
          stale_reason: null,
          rev: 0,
          updated_at,
        };
        return insertedBySection(before, fresh);
      }
      case "approve_slide":
        return before.map((slide) =>
          slide.id === command.slide_id
            ? { ...slide, status: "approved" as const, stale_reason: null }
            : slide,
        );
      case "remove_slide":
        return before.filter((slide) => slide.id !== command.slide_id);
      case "reorder_slides":
        return reordered(before, command.section_id, command.slide_ids);
      default:
        return before;
    }
  }, slides);
}

function insertedBySection(slides: readonly Slide[], fresh: Slide): readonly Slide[] {
  const last = slides.findLastIndex((slide) => slide.section_id === fresh.section_id);
  const at = last < 0 ? slides.length : last + 1;
  return [...slides.slice(0, at), fresh, ...slides.slice(at)];
}

function reordered(slides: readonly Slide[], sectionId: string, order: readonly string[]): readonly Slide[] {
  const place = new Map(order.map((id, position) => [id, position]));
  const moved = slides
    .filter((slide) => slide.section_id === sectionId)
    .map((slide) => ({ ...slide, position: place.get(slide.id) ?? slide.position }))
    .sort((one, other) => one.position - other.position);
  let next = 0;
  return slides.map((slide) => (slide.section_id === sectionId ? (moved[next++] ?? slide) : slide));
}
