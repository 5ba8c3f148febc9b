import { expect, test } from "vitest";

import type { Fact } from "~/api/types";

import type { Entity } from "../map/kinds";
import { isDate, numberIn, remarksOn } from "./checks";
import { isOnlyHere, listedIn, newAttributes, withTabs } from "./tabs";

const row = (name: string, attributes: Record<string, string>): Entity => ({
  id: name,
  kind: "market",
  name,
  description: "",
  aliases: [],
  attributes,
  sources: [],
  rev: 1,
  updated_at: "2026-01-01T10:00:00Z",
});

const words = (rows: readonly Entity[], facts: readonly Fact[] = []) =>
  remarksOn("geography", rows, facts).map((remark) => remark.words);

test("numbers and dates as people write them", () => {
  expect([numberIn("1,250.5"), numberIn("48 %"), numberIn("-3"), numberIn("many")]).toEqual([
    1250.5,
    48,
    -3,
    null,
  ]);
  expect(["2024-07-01", "2024-07", "FY2024", "2023-10", "2025E"].every(isDate)).toBe(true);
  expect(["2024-02-30", "24", "July", "2024-13"].some(isDate)).toBe(false);
});

test("shares have to fit the sizes, and the whole", () => {
  const rows = [
    row("Americas", { "Net sales": "60", "Share, %": "60" }),
    row("EIMEA", { "Net sales": "40", "Share, %": "55" }),
  ];
  expect(words(rows)).toEqual([
    "Shares add up to 115%, more than the whole.",
    "EIMEA: a share of 55%, but its net sales are 40% of the sum.",
  ]);
});

test("units, periods, names and cells", () => {
  expect(
    words([
      row("Asia-Pacific", { Unit: "USD million", Period: "FY2024", "Net sales": "much" }),
      row("Asia Pacific", { Unit: "EUR million", Period: "last year", "Share, %": "120" }),
    ]),
  ).toEqual([
    "Asia-Pacific: Net sales is “much”, which is no number.",
    "Asia Pacific: “last year” is no date. Write 2024-07-01, 2024-07, 2024 or FY2024.",
    "Asia Pacific: a share of 120% is not possible.",
    "Asia Pacific and Asia-Pacific look like the same.",
    "Unit differs: USD million, EUR million. Rows can only be compared in one.",
    "Period differs: FY2024, last year. Rows can only be compared in one.",
    "Shares add up to 120%, more than the whole.",
  ]);
});

test("a figure that the documents give otherwise is told with its place", () => {
  const fact: Fact = {
    id: "f",
    statement: "",
    metric: "Net sales",
    entity: "Americas",
    period: "FY2024",
    value: 281.9,
    unit: "USD million",
    basis: "",
    source: { source_id: "s", locator: "row 2", passage_id: null, quote: null, anchor: null },
  };
  const rows = [row("Americas", { "Net sales": "291.9", Unit: "USD million", Period: "FY2024" })];
  const [remark] = remarksOn("geography", rows, [fact]);
  expect(remark?.words).toBe("Americas: 291.9 in FY2024, but the documents say 281.9 USD million");
  expect(remark?.place?.locator).toBe("row 2");
  expect(remarksOn("geography", rows, [fact, { ...fact, value: 291.9 }])).toEqual([]);
});

test("an entity is a row of the tables that it is listed in; events are in the order of their dates", () => {
  const both = row("Americas", { ...newAttributes("segments"), Seat: "x" });
  const listed = { ...both, attributes: withTabs(both, ["segments", "geography"]) };
  expect(listedIn([listed], "geography")).toHaveLength(1);
  expect(withTabs(listed, [])).toEqual({ Seat: "x" });
  const events = ["2024-05", "2021"].map((Date) => row(Date, { ...newAttributes("timeline"), Date }));
  expect(listedIn(events, "timeline").map(({ name }) => name)).toEqual(["2021", "2024-05"]);
  expect([...events, listed].map(isOnlyHere)).toEqual([true, true, false]);
});
