import { describe, expect, it } from "vitest";

import type { Command } from "~/api/types";

import { book, change, slide } from "../testing/samples";
import { bookWith, slidesWith } from "./overlay";

const save = (id: string | null, title: string, sectionId = "s1"): Command => ({
  type: "save_slide",
  slide: { id, section_id: sectionId, title, layout_type: "text", components: [], sources: [], notes: "" },
});

describe("slides with changes on their way", () => {
  const slides = [slide("a"), slide("b", { position: 1 }), slide("c", { section_id: "s2" })];

  it("read as they were saved, as drafts", () => {
    const [first] = slidesWith(slides, [change(save("a", "New"))]);
    expect(first).toMatchObject({ id: "a", title: "New", status: "draft", stale_reason: null });
  });

  it("show a new one at the end of its section", () => {
    const found = slidesWith(slides, [change(save(null, "Fresh"))]);
    expect(found.map(({ title }) => title)).toEqual(["Slide a", "Slide b", "Fresh", "Slide c"]);
  });

  it("stand in their new order", () => {
    const found = slidesWith(slides, [
      change({ type: "reorder_slides", section_id: "s1", slide_ids: ["b", "a"] }),
    ]);
    expect(found.map(({ id }) => id)).toEqual(["b", "a", "c"]);
  });

  it("take changes in order", () => {
    const found = slidesWith(slides, [
      change(save("a", "One")),
      change({ type: "approve_slide", slide_id: "a" }),
      change({ type: "remove_slide", slide_id: "b" }),
    ]);
    expect(found.map(({ id, status }) => [id, status])).toEqual([
      ["a", "approved"],
      ["c", "approved"],
    ]);
  });

  it("do not show what was refused", () => {
    const problem = { status: 409, detail: "no" } as never;
    expect(slidesWith(slides, [change(save("a", "New"), { problem })])).toEqual(slides);
  });
});

describe("a book with changes on their way", () => {
  it("has its new title and stage", () => {
    const found = bookWith(book(), [
      change({ type: "rename", title: "New" }),
      change({ type: "navigate", target_stage: "welcome" }),
    ]);
    expect(found).toMatchObject({ title: "New", stage: "welcome" });
  });

  it("has the persona that was saved", () => {
    const persona = { type: "Sponsor", motivations: [], concerns: [] };
    const found = bookWith(book(), [change({ type: "save_buyer_persona", persona })]);
    expect(found.artifacts.buyer_persona?.value).toEqual(persona);
  });
});
