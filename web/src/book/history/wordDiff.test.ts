import { expect, it } from "vitest";

import { wordDiff } from "./wordDiff";

const shown = (before: string, after: string): string =>
  wordDiff(before, after)
    .map(({ text, is }) => (is === "same" ? text : `${is === "added" ? "+" : "-"}[${text}]`))
    .join("");

it("marks single words among those that stay", () => {
  expect(shown("net sales grew", "net income grew")).toBe("net -[sales]+[income] grew");
});

it("takes words that were changed side by side as one change", () => {
  expect(shown("Financial sponsor", "Trade buyer")).toBe("-[Financial sponsor]+[Trade buyer]");
});

it("knows what was only put in, and what was only taken out", () => {
  expect(shown("", "new words")).toBe("+[new words]");
  expect(shown("all went", "all")).toBe("all-[ went]");
});

it("gives up on words where a text is very long", () => {
  const long = "word ".repeat(2_000);
  expect(wordDiff(long, `${long}more`).map(({ is }) => is)).toEqual(["removed", "added"]);
});
