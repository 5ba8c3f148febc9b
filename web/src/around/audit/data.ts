import { infiniteQueryOptions } from "@tanstack/react-query";

import { api, authorizedFetch, told } from "~/api/client";
import { problemOf } from "~/api/problem";
import type { components } from "~/api/schema";

export type AuditRow = components["schemas"]["AuditRow"];
export type Verification = components["schemas"]["Verification"];

const AT_ONCE = 100;

/** As the API takes it; what is left out filters nothing. */
export interface AuditFilter {
  actor?: string;
  action?: string;
  target?: string;
  since?: string;
  until?: string;
}

export const auditKey = (orgId: string) => ["audit", orgId] as const;

export const auditQuery = (orgId: string, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: [...auditKey(orgId), filter] as const,
    // Who did what is for those who may see it now.
    meta: { isKept: false },
    staleTime: 0,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      told(
        api.GET("/orgs/{org_id}/audit", {
          params: {
            path: { org_id: orgId },
            query: { ...filter, limit: AT_ONCE, ...(pageParam === null ? {} : { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });

export const verify = (orgId: string, known: string): Promise<Verification> =>
  told(
    api.GET("/orgs/{org_id}/audit/verify", {
      params: { path: { org_id: orgId }, query: known ? { known } : {} },
    }),
  );

/** The filtered log as a file, handed to the browser. */
export async function download(orgId: string, filter: AuditFilter, format: "csv" | "json"): Promise<void> {
  const query = new URLSearchParams({ ...filter, format });
  const answer = await authorizedFetch(
    new Request(`${window.location.origin}/orgs/${orgId}/audit/export?${query.toString()}`),
  );
  if (!answer.ok) throw await problemOf(answer);
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = `audit-${new Date().toISOString().slice(0, 10)}.${format}`;
  link.click();
  URL.revokeObjectURL(address);
}
