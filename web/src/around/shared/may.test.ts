import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { MATRIX, may } from "./may";

const PAGE = readFileSync(new URL("../../../../docs/permissions.md", import.meta.url), "utf8");

function rowsOfTheMatrix(): Map<string, string[]> {
  const lines = PAGE.split("\n");
  const cells = (line: string): string[] =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  const head = lines.findIndex((line) => line.startsWith("| action |"));
  const roles = cells(lines[head] ?? "").slice(1);
  const rows = new Map<string, string[]>();
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith("|")) break;
    const [action = "", ...marks] = cells(line);
    rows.set(
      action.replaceAll("`", ""),
      roles.filter((_, column) => marks[column] === "yes"),
    );
  }
  return rows;
}

it("offers exactly what the API allows", () => {
  const rows = rowsOfTheMatrix();
  expect(rows.size).toBeGreaterThan(40);
  for (const [action, roles] of Object.entries(MATRIX))
    expect([action, [...roles].sort()]).toEqual([action, rows.get(action)?.sort()]);
});

it("lets one of several roles be enough, and nobody without one", () => {
  expect(may("deals.manage", "member", "lead")).toBe(true);
  expect(may("deals.manage", "member", null)).toBe(false);
});
