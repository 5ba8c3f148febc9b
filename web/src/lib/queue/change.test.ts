import { describe, expect, it } from "vitest";

import type { Command } from "~/api/types";

import { change } from "../testing/samples";
import { supersedes, textOf } from "./change";
import { saveState } from "./saveState";

const save = (id: string | null, more: { expected_rev?: number } = {}): Command => ({
  type: "save_slide",
  ...more,
  slide: {
    id,
    section_id: "s",
    title: "Net sales",
    layout_type: "text",
    components: [{ type: "text", id: "t", text: "They grew.", sources: [] }],
    sources: [],
    notes: "Say it slowly.",
  },
});

describe("a later save", () => {
  it("makes an earlier one of the same slide pointless", () => {
    expect(supersedes(save("a"), save("a"))).toBe(true);
    expect(supersedes(save("a"), save("b"))).toBe(false);
  });

  it("does not where a new slide is made or a revision was expected", () => {
    expect(supersedes(save(null), save(null))).toBe(false);
    expect(supersedes(save("a", { expected_rev: 3 }), save("a"))).toBe(false);
  });

  it("never swallows a step of the way", () => {
    const approve: Command = { type: "approve_slide", slide_id: "a" };
    expect(supersedes(approve, approve)).toBe(false);
  });
});

it("gives back the words of a slide that could not be saved", () => {
  expect(textOf(save("a"))).toBe("Net sales\n\nThey grew.\n\nSay it slowly.");
});

describe("the state of changes in words", () => {
  const pending = change(save("a"));

  it("is saved, saving, queued or refused", () => {
    expect(saveState([], "online", null)).toEqual({ is: "saved", words: "saved" });
    expect(saveState([pending], "online")).toEqual({ is: "saving", words: "saving" });
    expect(saveState([pending, pending], "offline")).toEqual({ is: "queued", words: "2 changes queued" });
    expect(saveState([{ ...pending, status: "refused" }], "online").words).toBe("1 change refused");
  });
});
