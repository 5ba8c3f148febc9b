import { expect, test } from "vitest";

import type { Branch } from "../data";
import { branchesAfter } from "./forks";

const branch = (leaf_id: string, forks_after: string | null, active = false): Branch => ({
  leaf_id,
  forks_after,
  active,
  first_text: "",
  messages: 1,
  updated_at: "2026-01-01T00:00:00Z",
});

const ids = (found: readonly Branch[]): string[] => found.map(({ leaf_id }) => leaf_id);

test("two ways after one message", () => {
  const branches = [branch("a", "x"), branch("b", "x", true)];
  expect(ids(branchesAfter(branches, new Set(["x"]), "x"))).toEqual(["a", "b"]);
  expect(ids(branchesAfter(branches, new Set(["x"]), "y"))).toEqual([]);
});

test("branches of a branch are reached where that one left", () => {
  const branches = [branch("a", "x", true), branch("b", "y"), branch("c", "y")];
  expect(ids(branchesAfter(branches, new Set(["x", "a"]), "x"))).toEqual(["a", "b", "c"]);
});

test("a thread with two beginnings", () => {
  expect(ids(branchesAfter([branch("a", null), branch("b", null, true)], new Set(["b"]), null))).toEqual([
    "a",
    "b",
  ]);
});
