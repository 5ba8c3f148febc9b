import { expect, it } from "vitest";

import { row } from "~/lib/testing/samples";

import { arranged } from "./arrange";

const rows = [
  row("Project 10", { stage: "welcome", stale: 2 }),
  row("Project 9", { stage: "building_sections" }),
  row("Annex", { deal_id: "d2" }),
];
const dealName = (id: string): string => (id === "d2" ? "Northgate" : "Bluecan");
const titles = (words: string, sort: Parameters<typeof arranged>[2] = "changed"): string[] =>
  arranged(rows, words, sort, dealName).map(({ title }) => title);

it("finds by words of title and deal, in any order", () => {
  expect(titles("north annex")).toEqual(["Annex"]);
  expect(titles("10 project")).toEqual(["Project 10"]);
});

it("orders titles as people count", () => {
  expect(titles("", "title")).toEqual(["Annex", "Project 9", "Project 10"]);
});

it("puts what wants a look first", () => {
  expect(titles("", "review")[0]).toBe("Project 10");
  expect(titles("", "stage")[0]).toBe("Project 9");
});

it("leaves the order of the API where that is wanted", () => {
  expect(arranged(rows, "", "changed", dealName)).toBe(rows);
});
