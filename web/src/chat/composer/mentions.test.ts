import { expect, test } from "vitest";

import { fitting, typingAt, withMention } from "./mentions";

const all = [
  { id: "research", title: "research", kind: "Agent", isAgent: true },
  { id: "s1", title: "Net sales by year", kind: "Slide" },
  { id: "s2", title: "Sales force", kind: "Slide" },
];

test("an @ begins a mention, an address does not", () => {
  expect(typingAt("see @sal", 8)).toEqual({ at: 4, word: "sal" });
  expect(typingAt("a@b", 3)).toBeNull();
});

test("beginnings come first", () => {
  expect(fitting(all, "sales").map(({ id }) => id)).toEqual(["s2", "s1"]);
});

test("the mention takes the place of what was typed", () => {
  const [agent, slide] = all;
  if (!agent || !slide) throw new Error("missing");
  expect(withMention("ask @re now", { at: 4, word: "re" }, agent)).toEqual({
    text: "ask @research now",
    caret: 14,
  });
  expect(withMention("see @n", { at: 4, word: "n" }, slide).text).toBe("see “Net sales by year” ");
});
