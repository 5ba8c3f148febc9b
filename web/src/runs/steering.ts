/** What can be done about a run. */
import { api, told } from "~/api/client";
import { newId } from "~/lib/ids";

const of = (runId: string) => ({ path: { run_id: runId } });

export const cancelRun = (runId: string) => told(api.POST("/runs/{run_id}/cancel", { params: of(runId) }));

export const resumeRun = (runId: string) =>
  told(
    api.POST("/runs/{run_id}/resume", { params: { ...of(runId), header: { "idempotency-key": newId() } } }),
  );

export const forkRun = (runId: string, agentId: string, step: number) =>
  told(
    api.POST("/runs/{run_id}/fork", {
      params: { ...of(runId), header: { "idempotency-key": newId() } },
      body: { agent_id: agentId, step },
    }),
  );
