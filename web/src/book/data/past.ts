import { queryOptions } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";

/** The book as it was: never changes. */
export const pastQuery = (cimId: string, seq: number) =>
  queryOptions({
    queryKey: keys.past(cimId, seq),
    queryFn: ({ signal }) =>
      told(api.GET("/cims/{cim_id}/at/{seq}", { params: { path: { cim_id: cimId, seq } }, signal })),
    staleTime: Infinity,
    gcTime: 10 * 60_000,
    meta: { isKept: false },
  });

export const diffQuery = (cimId: string, from: number, to: number) =>
  queryOptions({
    queryKey: keys.diff(cimId, from, to),
    queryFn: ({ signal }) =>
      told(
        api.GET("/cims/{cim_id}/diff", { params: { path: { cim_id: cimId }, query: { from, to } }, signal }),
      ),
    staleTime: Infinity,
    gcTime: 10 * 60_000,
    meta: { isKept: false },
  });
