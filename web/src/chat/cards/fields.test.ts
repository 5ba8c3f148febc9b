import { expect, test } from "vitest";

import { changesOf, inLines, linesOf } from "./fields";

test("lists and objects are lines", () => {
  expect(inLines(["a", "b"])).toBe("• a\n• b");
  expect(inLines({ net_sales: 5, none: null, list: ["x"] })).toBe("Net sales: 5\nList: • x");
});

test("a change names its field, before and after", () => {
  expect(changesOf([{ field: "slide.title", before: null, after: "New" }])).toEqual([
    { field: "Slide › title", before: "", after: "New" },
  ]);
});

test("what stays of a list is neither struck through nor underlined", () => {
  const lines = linesOf("• One\n• Two\n• Three", "• One\n• Three\n• Four");
  expect(lines.map(({ is, text }) => `${is} ${text}`)).toEqual([
    "same • One",
    "gone • Two",
    "same • Three",
    "come • Four",
  ]);
  expect(linesOf("", "new")).toEqual([{ is: "come", text: "new" }]);
  expect(linesOf("old", "")).toEqual([{ is: "gone", text: "old" }]);
  expect(linesOf("old", "new").map(({ is }) => is)).toEqual(["gone", "come"]);
});
