/** Which runs wait for people: an answer in the talk goes on running while its question is open. */
import { useQueries } from "@tanstack/react-query";

import { requestsQuery } from "~/api/queries";
import type { RequestView, Run } from "~/api/types";

const LOOK_AGAIN_MS = 3_000;
const MOST_BOOKS = 30;

/** The ids of runs that are under way and asked something that nobody has answered. Pure. */
export function waitingAmong(runs: readonly Run[], open: readonly RequestView[]): ReadonlySet<string> {
  const asking = new Set(open.map(({ run_id }) => run_id));
  return new Set(
    runs
      .filter(({ id, status }) => status === "waiting" || (status === "running" && asking.has(id)))
      .map(({ id }) => id),
  );
}

export function useWaiting(runs: readonly Run[]): ReadonlySet<string> {
  const books = [...new Set(runs.flatMap((run) => (run.status === "running" ? [run.cim_id] : [])))];
  const open = useQueries({
    queries: books
      .slice(0, MOST_BOOKS)
      .map((cimId) => ({ ...requestsQuery(cimId), refetchInterval: LOOK_AGAIN_MS })),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  });
  return waitingAmong(runs, open);
}
