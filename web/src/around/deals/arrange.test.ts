import { expect, it } from "vitest";

import { arrangedDeals } from "./arrange";
import type { DealRow } from "./data";

function deal(name: string, project: string, more: Partial<DealRow> = {}): DealRow {
  return {
    id: name,
    name,
    project_id: project,
    created_at: "2026-01-01T00:00:00Z",
    archived_at: null,
    project: { project_id: project, org_id: "o", name: project, org_role: "member", project_role: "lead" },
    ...more,
  };
}

const ROWS = [
  deal("Sale 10", "Bluecan"),
  deal("Sale 9", "Bluecan", { created_at: "2026-02-01T00:00:00Z" }),
  deal("Carve-out", "Northgate", { archived_at: "2026-03-01T00:00:00Z" }),
  deal("Buy-out", "Amber"),
];
const names = (wanted: Partial<Parameters<typeof arrangedDeals>[1]>): string[] =>
  arrangedDeals(ROWS, { words: "", sort: "name", shown: "open", ...wanted }).map(({ name }) => name);

it("leaves archived deals out, shows them alone, or all", () => {
  expect(names({})).toEqual(["Buy-out", "Sale 9", "Sale 10"]);
  expect(names({ shown: "archived" })).toEqual(["Carve-out"]);
  expect(names({ shown: "all" })).toHaveLength(4);
});

it("finds by words of deal and project, in any order", () => {
  expect(names({ words: "bluecan sale" })).toEqual(["Sale 9", "Sale 10"]);
  expect(names({ projectId: "Amber" })).toEqual(["Buy-out"]);
});

it("orders by age and by project", () => {
  expect(names({ sort: "newest" })[0]).toBe("Sale 9");
  expect(names({ sort: "project" })).toEqual(["Buy-out", "Sale 9", "Sale 10"]);
});
