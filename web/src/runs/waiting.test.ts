import { expect, it } from "vitest";

import type { RequestView, Run } from "~/api/types";

import { waitingAmong } from "./waiting";

it("a run waits while a question of its own is open, and not once it is over", () => {
  const run = (id: string, status: Run["status"]) => ({ id, status }) as Run;
  const asked = (runId: string) => ({ run_id: runId }) as RequestView;
  const runs = [run("a", "running"), run("b", "running"), run("c", "completed"), run("d", "waiting")];
  expect([...waitingAmong(runs, [asked("a"), asked("c"), asked("x")])]).toEqual(["a", "d"]);
});
