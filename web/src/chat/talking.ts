/** What a person does to a conversation: say, stop, add, answer, take another branch. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import { Problem } from "~/api/problem";
import type { components } from "~/api/schema";

import type { Mode } from "./data";
import { rememberMyRun } from "./myRuns";

export interface Saying {
  text: string;
  mode: Mode;
  mentions: string[];
  threadId: string;
  policy: "enqueue" | "interrupt";
  edits?: string;
  /** The same for every try, so that it is said once. */
  key: string;
}

export type Answer =
  Partial<components["schemas"]["ConfirmationGiven"]> | Partial<components["schemas"]["QuestionAnswer"]>;

export function useTalking(cimId: string) {
  const client = useQueryClient();
  return useMemo(
    () => ({
      say: async ({ key, threadId, ...saying }: Saying) => {
        const accepted = await told(
          api.POST("/cims/{cim_id}/messages", {
            params: { path: { cim_id: cimId }, header: { "idempotency-key": key } },
            body: { ...saying, thread_id: threadId },
          }),
        );
        rememberMyRun(accepted.run_id);
        void Promise.all([
          client.invalidateQueries({ queryKey: keys.messages(cimId, threadId) }),
          client.invalidateQueries({ queryKey: keys.threads(cimId) }),
          client.invalidateQueries({ queryKey: keys.branches(cimId, threadId) }),
        ]);
        return accepted;
      },
      stop: (runId: string) =>
        told(api.POST("/runs/{run_id}/cancel", { params: { path: { run_id: runId } } })),
      /** Whether the run takes it still; after its last answer it takes nothing more. */
      steer: async (runId: string, text: string): Promise<boolean> => {
        try {
          await told(
            api.POST("/runs/{run_id}/steering", { params: { path: { run_id: runId } }, body: { text } }),
          );
          return true;
        } catch (refused) {
          if (refused instanceof Problem && refused.code === "run_over") return false;
          throw refused;
        }
      },
      answer: async (runId: string, requestId: string, answer: Answer) => {
        try {
          await told(
            api.POST("/runs/{run_id}/answers/{request_id}", {
              params: { path: { run_id: runId, request_id: requestId } },
              body: answer as components["schemas"]["ConfirmationGiven"],
            }),
          );
        } finally {
          await client.invalidateQueries({ queryKey: keys.requests(cimId) });
        }
      },
      take: async (threadId: string, leafId: string) => {
        await told(
          api.PUT("/cims/{cim_id}/threads/{thread_id}/branch", {
            params: { path: { cim_id: cimId, thread_id: threadId } },
            body: { leaf_id: leafId },
          }),
        );
        void Promise.all([
          client.invalidateQueries({ queryKey: keys.messages(cimId, threadId) }),
          client.invalidateQueries({ queryKey: keys.branches(cimId, threadId) }),
        ]);
      },
    }),
    [cimId, client],
  );
}
