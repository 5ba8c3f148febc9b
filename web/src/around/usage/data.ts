import { queryOptions } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import type { components } from "~/api/schema";

export type UsageGroup = components["schemas"]["UsageGroup"];
export type UsageReport = components["schemas"]["UsageReport"];
export type GroupBy = UsageReport["group_by"];

const SOON_MS = 60_000;

export const usageQuery = (orgId: string, since: string, groupBy: GroupBy) =>
  queryOptions({
    queryKey: [...keys.usage(), orgId, since, groupBy] as const,
    queryFn: ({ signal }) =>
      told(api.GET("/usage", { params: { query: { org_id: orgId, since, group_by: groupBy } }, signal })),
    staleTime: 0,
    refetchInterval: SOON_MS,
  });

export const budgetQuery = (orgId: string) =>
  queryOptions({
    queryKey: [...keys.budgets(), orgId] as const,
    queryFn: ({ signal }) => told(api.GET("/budgets", { params: { query: { org_id: orgId } }, signal })),
    staleTime: 0,
    refetchInterval: SOON_MS,
  });
