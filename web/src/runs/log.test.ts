import { expect, test } from "vitest";

import type { Agent } from "./data";
import { logOf } from "./log";

const agent = (id: string, fields: Partial<Agent>) =>
  ({ id, agent_type: "writer", title: id, status: "completed", error: null, ...fields }) as Agent;

test("beginnings and ends of agents, in the order of time", () => {
  const lines = logOf([
    agent("One", { started_at: "2026-01-01T10:00:00Z", completed_at: "2026-01-01T10:00:09Z" }),
    agent("Two", {
      started_at: "2026-01-01T10:00:01Z",
      completed_at: "2026-01-01T10:00:05Z",
      status: "failed",
      error: "No facts.",
    }),
    agent("Three", { started_at: null, completed_at: null, status: "idle" }),
  ]);
  expect(lines.map(({ who, what }) => `${who} ${what}`)).toEqual([
    "writer One began",
    "writer Two began",
    "writer Two failed: No facts.",
    "writer One completed",
  ]);
});
