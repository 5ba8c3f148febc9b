/** What happened to one slide, newest first, in words. Pure. */
import type { EventRecord } from "~/api/types";

import { slideIdOf, slideIdsOf } from "../data/eventLog";

export interface HistoryEntry {
  seq: number;
  event: EventRecord;
  words: string;
  /** Whether the slide reads differently since: it can be compared and brought back. */
  isVersion: boolean;
}

const WORDS: Partial<Record<string, string>> = {
  slide_saved: "saved it",
  slide_approved: "approved it",
  slide_removed: "removed it",
  slides_reordered: "put the slides in another order",
  slides_marked_stale: "changed what it rests on; it was put up for review",
  slides_freshened: "put back what it rests on; the review was lifted",
  restored: "brought back an earlier state",
};

export function slideHistory(
  events: readonly EventRecord[],
  slideId: string,
  sectionId: string,
): HistoryEntry[] {
  let isFirst = true;
  const found: HistoryEntry[] = [];
  for (const event of events) {
    const { type, data, seq } = event;
    const isMine =
      slideIdOf(event) === slideId
        ? type in WORDS
        : slideIdsOf(event).includes(slideId) &&
          (type !== "slides_reordered" || data["section_id"] === sectionId);
    const isRestore =
      type === "restored" && !isFirst && (data["artifact"] === null || data["artifact"] === "slides");
    if (!isMine && !isRestore) continue;
    const isVersion = type === "slide_saved" || isRestore;
    const words = type === "slide_saved" && isFirst ? "wrote it" : (WORDS[type] ?? type);
    if (type === "slide_saved") isFirst = false;
    found.push({ seq, event, words, isVersion });
  }
  return found.reverse();
}
