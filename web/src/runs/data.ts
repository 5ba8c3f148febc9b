/** What the run monitor reads. It stands outside of any book's stream, so it looks again while something runs. */
import { queryOptions } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import type { components } from "~/api/schema";
import type { Run } from "~/api/types";

export type Agent = components["schemas"]["AgentSession"];
export type Step = components["schemas"]["Checkpoint"];
export type RunStatus = Run["status"];

const SOON_MS = 1_500;
const LATER_MS = 15_000;
const MOST_AGENTS = 500;
const MOST_RUNS = 100;

const ACTIVE = new Set<RunStatus>(["queued", "running", "waiting"]);

export const isActive = (run: Run): boolean => ACTIVE.has(run.status);

export const runsQuery = (status: RunStatus | null) =>
  queryOptions({
    queryKey: [...keys.allRuns(), "list", status] as const,
    queryFn: async ({ signal }) =>
      (
        await told(
          api.GET("/runs", {
            params: { query: { limit: MOST_RUNS, ...(status === null ? {} : { status }) } },
            signal,
          }),
        )
      ).items,
    refetchInterval: ({ state }) => (state.data?.some(isActive) ? SOON_MS : LATER_MS),
  });

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: keys.run(runId),
    queryFn: ({ signal }) => told(api.GET("/runs/{run_id}", { params: { path: { run_id: runId } }, signal })),
    refetchInterval: ({ state }) => (state.data && isActive(state.data) ? SOON_MS : false),
  });

export const agentsQuery = (runId: string, isRunning: boolean) =>
  queryOptions({
    queryKey: keys.runAgents(runId),
    queryFn: async ({ signal }) =>
      (
        await told(
          api.GET("/runs/{run_id}/agents", {
            params: { path: { run_id: runId }, query: { limit: MOST_AGENTS } },
            signal,
          }),
        )
      ).items,
    refetchInterval: isRunning ? SOON_MS : false,
  });

export const stepsQuery = (runId: string, agentId: string, isRunning: boolean) =>
  queryOptions({
    queryKey: [...keys.run(runId), "steps", agentId] as const,
    queryFn: async ({ signal }) =>
      (
        await told(
          api.GET("/runs/{run_id}/steps", {
            params: { path: { run_id: runId }, query: { agent_id: agentId } },
            signal,
          }),
        )
      ).items,
    refetchInterval: isRunning ? SOON_MS : false,
  });

/** Of people without the right to see all that was spent: what they caused. */
export const runUsageQuery = (runId: string, isRunning: boolean) =>
  queryOptions({
    queryKey: [...keys.run(runId), "usage"] as const,
    queryFn: ({ signal }) =>
      told(api.GET("/runs/{run_id}/usage", { params: { path: { run_id: runId } }, signal })),
    refetchInterval: isRunning ? SOON_MS : false,
  });

export const webConfigQuery = queryOptions({
  queryKey: ["web-config"] as const,
  queryFn: ({ signal }) => told(api.GET("/web-config", { signal })),
  staleTime: Infinity,
});
