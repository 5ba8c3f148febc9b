/** What the panel reads beyond the conversation itself: threads, branches, requests, calls, runs. */
import { queryOptions } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import type { components } from "~/api/schema";

export type ToolCall = components["schemas"]["RecordedCall"];
export type Branch = components["schemas"]["Branch"];
export type Citation = components["schemas"]["Citation"];
export type Mode = components["schemas"]["NewMessage"]["mode"];

const MOST_CALLS = 500;

export const threadsQuery = (cimId: string) =>
  queryOptions({
    queryKey: keys.threads(cimId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/cims/{cim_id}/threads", { params: { path: { cim_id: cimId } }, signal }))).items,
  });

export const branchesQuery = (cimId: string, threadId: string) =>
  queryOptions({
    queryKey: keys.branches(cimId, threadId),
    retry: false,
    queryFn: async ({ signal }) =>
      (
        await told(
          api.GET("/cims/{cim_id}/threads/{thread_id}/branches", {
            params: { path: { cim_id: cimId, thread_id: threadId } },
            signal,
          }),
        )
      ).items,
  });

/** Open ones and the last closed ones, with who answered. */
export const allRequestsQuery = (cimId: string) =>
  queryOptions({
    queryKey: [...keys.requests(cimId), "all"] as const,
    queryFn: async ({ signal }) =>
      (
        await told(
          api.GET("/cims/{cim_id}/requests", {
            params: { path: { cim_id: cimId }, query: { state: "all" } },
            signal,
          }),
        )
      ).items,
  });

export const toolCallsQuery = (cimId: string, runId: string) =>
  queryOptions({
    queryKey: [...keys.toolCalls(cimId), runId] as const,
    queryFn: async ({ signal }) =>
      (
        await told(
          api.GET("/cims/{cim_id}/tool-calls", {
            params: { path: { cim_id: cimId }, query: { run_id: runId, limit: MOST_CALLS } },
            signal,
          }),
        )
      ).items,
  });
