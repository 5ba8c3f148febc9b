import { expect, test } from "vitest";

import { changesOf, inLines } from "./fields";

test("lists and objects are lines", () => {
  expect(inLines(["a", "b"])).toBe("• a\n• b");
  expect(inLines({ net_sales: 5, none: null, list: ["x"] })).toBe("Net sales: 5\nList: • x");
});

test("a change names its field, before and after", () => {
  expect(changesOf([{ field: "slide.title", before: null, after: "New" }])).toEqual([
    { field: "Slide › title", before: "", after: "New" },
  ]);
});
