import { describe, expect, it } from "vitest";

import type { SlideBody } from "../slide/slideBody";
import { merge3, takenBack } from "./merge";

const BASE: SlideBody = {
  title: "Net sales",
  layout_type: "bullets",
  components: [{ type: "bullets", id: "b", items: ["One", "Two"], sources: [] }],
  sources: [],
  notes: "",
};

const withItems = (...items: string[]): SlideBody["components"] => [
  { type: "bullets", id: "b", items, sources: [] },
];

describe("two saves at the same moment", () => {
  it("become one where different fields were changed", () => {
    const mine = { ...BASE, title: "Sales", components: withItems("One, mine", "Two") };
    const theirs = { ...BASE, notes: "Pause here.", components: withItems("One", "Two, theirs") };
    expect(takenBack([BASE], mine, theirs)).toEqual({
      ...BASE,
      title: "Sales",
      notes: "Pause here.",
      components: withItems("One, mine", "Two, theirs"),
    });
  });

  it("are left to people where both changed one field", () => {
    const mine = { ...BASE, title: "Sales", notes: "Mine." };
    expect(takenBack([BASE], mine, { ...BASE, title: "Revenue" })).toBeNull();
    expect(merge3(BASE, mine, { ...BASE, title: "Revenue" }).clashes).toEqual([
      { what: "title", base: "Net sales", mine: "Sales", theirs: "Revenue" },
    ]);
  });

  it("need nothing where the later one has seen the earlier one", () => {
    const mine = { ...BASE, title: "Sales" };
    expect(takenBack([BASE], mine, { ...mine, notes: "Pause here." })).toBeNull();
  });

  it("are told from words that somebody put back on purpose", () => {
    const mine = { ...BASE, title: "Sales", notes: "Mine." };
    expect(takenBack([BASE], mine, { ...mine, title: "Net sales" })).toBeNull();
    expect(takenBack([BASE, { ...BASE, notes: "Mine." }], mine, { ...BASE, notes: "Mine." })).toBeNull();
    expect(takenBack([BASE, { ...BASE, title: "Sales" }], mine, { ...mine, title: "Net sales" })).toBeNull();
  });

  it("become one where the other has seen a part of mine", () => {
    const first = { ...BASE, title: "Sal" };
    const second = { ...BASE, title: "Sales" };
    const theirs = { ...first, notes: "Pause here." };
    expect(takenBack([BASE, first], second, theirs)).toEqual({ ...second, notes: "Pause here." });
    expect(takenBack([BASE, first], second, { ...BASE, notes: "Pause here." })).toEqual({
      ...second,
      notes: "Pause here.",
    });
  });
});
