import { expect, test } from "vitest";

import type { SourcePassage } from "~/api/types";

import { blocksOf } from "./blocks";
import { marked } from "./marks";

const found = (text: string, mark: string): string[] =>
  marked(text, mark)
    .filter(({ isMarked }) => isMarked)
    .map((piece) => piece.text);

test("words are marked whatever the line breaks, a figure not within a longer one", () => {
  expect(found("Net sales grew\nto $590.6 million.", "grew to $590.6")).toEqual(["grew\nto $590.6"]);
  expect(found("It was 53.4%, then 153.4%.", "53.4%")).toEqual(["53.4%"]);
  expect(found("From 590.61 to 590.6.", "590.6")).toEqual(["590.6"]);
});

test("the figure of a quoted row is found in its cell; a figure with other separators, too", () => {
  expect(found("53.4%", "gross margin | FY2024 | 53.4%")).toEqual(["53.4"]);
  expect(found("Sales of 1,250 cans", "$1250")).toEqual(["1,250"]);
  expect(found("Nothing of it", "53.4%")).toEqual([]);
});

const passage = (ordinal: number, text: string, heading = "Income"): SourcePassage => ({
  source_id: "s",
  passage_id: `p${ordinal}`,
  ordinal,
  text,
  locator: "",
  heading,
});

test("rows with the same columns are one table, with semicolons in their cells", () => {
  const blocks = blocksOf([
    passage(0, "Words before it."),
    passage(1, "Statement (USD)\nNet sales; FY2023: 537.3; FY2024: 590.6"),
    passage(2, "Statement (USD)\nSegments; FY2023: two; three; FY2024: 4"),
    passage(3, "Other; A: 1; B: 2", "Next"),
  ]);
  expect(blocks.map(({ is }) => is)).toEqual(["heading", "text", "table", "heading", "table"]);
  const table = blocks[2];
  expect(table?.is === "table" && table.columns).toEqual(["FY2023", "FY2024"]);
  expect(table?.is === "table" && table.rows.map(({ cells }) => cells)).toEqual([
    ["Net sales", "537.3", "590.6"],
    ["Segments", "two; three", "4"],
  ]);
});
