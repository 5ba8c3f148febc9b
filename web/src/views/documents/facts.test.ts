import { expect, test } from "vitest";

import type { Fact } from "~/api/types";

import { asCsv, found, sorted } from "./facts";

const fact = (id: string, more: Partial<Fact> = {}): Fact => ({
  id,
  statement: `Statement ${id}`,
  value: null,
  unit: "",
  period: "",
  metric: "",
  entity: "",
  basis: "",
  source: { source_id: "s1", locator: "p. 1", passage_id: null, quote: null, anchor: null },
  ...more,
});

const FACTS = [
  fact("a", { metric: "Net sales", value: 590.6, period: "FY2024" }),
  fact("b", { metric: "Net sales", value: 88, period: "FY2023" }),
  fact("c", { metric: "Founded" }),
];
const named = (): string => "book.xlsx";
const ids = (facts: readonly Fact[]): string => facts.map(({ id }) => id).join("");

test("every word has to be there, in whatever column", () => {
  expect(ids(found(FACTS, { words: "sales fy2024", period: null, sourceId: null }, named))).toBe("a");
  expect(ids(found(FACTS, { words: "book.xlsx", period: "FY2023", sourceId: "s1" }, named))).toBe("b");
});

test("values are sorted as numbers, and what has none comes last either way", () => {
  expect(ids(sorted(FACTS, { by: "value", descending: false }, named))).toBe("bac");
  expect(ids(sorted(FACTS, { by: "value", descending: true }, named))).toBe("abc");
  expect(ids(sorted(FACTS, { by: "period", descending: true }, named))).toBe("abc");
});

test("a file for spreadsheets quotes, and holds no formulas", () => {
  const rows = asCsv([fact("d", { statement: '=SUM("A", 1)', value: -2 })], named).split("\r\n");
  expect(rows[1]).toBe(`"'=SUM(""A"", 1)",,,,-2,,,book.xlsx,p. 1,`);
});
