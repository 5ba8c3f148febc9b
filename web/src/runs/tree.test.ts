import { expect, test } from "vitest";

import type { Agent } from "./data";
import { lasted, temporalAddress, treeOf } from "./tree";

const agent = (id: string, parent_id: string, started_at: string): Agent => ({
  id,
  parent_id,
  started_at,
  run_id: "r",
  cim_id: "c",
  org_id: "o",
  agent_type: "writer",
  status: "completed",
  title: "",
  doing: "",
  input: {},
  output: {},
  steps: 0,
  waits_for: [],
});

test("agents stand below who called them, in the order in which they began", () => {
  const agents = [agent("b", "a", "2"), agent("c", "a", "1"), agent("a", "", "0"), agent("d", "gone", "3")];
  expect(treeOf(agents).map(({ agent: { id }, depth }) => `${depth}${id}`)).toEqual(["0a", "1c", "1b", "0d"]);
});

test("times in words", () => {
  const from = "2026-01-01T00:00:00Z";
  expect(lasted(from, "2026-01-01T00:00:00.400Z", 0)).toBe("0.4 s");
  expect(lasted(from, "2026-01-01T00:03:05Z", 0)).toBe("3 min 05 s");
  expect(lasted(from, null, Date.parse(from) + 7_800_000)).toBe("2 h 10 min");
  expect(lasted(null, null, 0)).toBe("");
});

test("the workflow of a run in the Temporal UI", () => {
  expect(temporalAddress("http://t/", "default", { id: "r", cim_id: "c" })).toBe(
    "http://t/namespaces/default/workflows/run%2Fc%2Fr",
  );
});
