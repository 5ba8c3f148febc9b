import { describe, expect, test } from "vitest";

import { blocks, inlines, marked } from "./blocks";

describe("blocks", () => {
  test("paragraphs keep their lines, lists their numbers", () => {
    const found = blocks("One\ntwo\n\n3. three\n4. four\n- five");
    expect(found.map(({ is }) => is)).toEqual(["paragraph", "list", "list"]);
    expect(found[1]).toMatchObject({ ordered: true, start: 3 });
    expect(found[0]).toMatchObject({ lines: [[{ text: "One" }], [{ text: "two" }]] });
  });

  test("tables with a rule", () => {
    const [table] = blocks("| Year | Sales |\n|---|---|\n| FY2024 | $590.6 [F3] |");
    expect(table).toMatchObject({
      is: "table",
      rows: [[[{ text: "FY2024" }], [{ is: "text" }, { ref: "F3" }]]],
    });
  });

  test("a fence that is not closed yet is code so far", () => {
    expect(blocks("```\n<b>")).toEqual([{ is: "code", text: "<b>" }]);
  });

  test("HTML and other addresses stay words", () => {
    expect(inlines("<img src=x> [a](javascript:alert)")).toEqual([
      { is: "text", text: "<img src=x> [a](javascript:alert)" },
    ]);
  });

  test("strong, emphasis, citations", () => {
    expect(inlines("**net [F1]** of *all* 3 * 4 * 5").map(({ is }) => is)).toEqual([
      "strong",
      "text",
      "emphasis",
      "text",
    ]);
  });
});

test("figures without a source stand alone", () => {
  expect(marked("up 4.2% to $4.2", ["4.2%"])).toEqual([
    { text: "up ", isMarked: false },
    { text: "4.2%", isMarked: true },
    { text: " to $4.2", isMarked: false },
  ]);
});
