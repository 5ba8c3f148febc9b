/** Which features are on for whoever is signed in, as the API decides it; the worker decides the same way. */
import { queryOptions, useQuery } from "@tanstack/react-query";

import { api, told } from "./client";
import type { components } from "./schema";

type MyFlags = components["schemas"]["MyFlags"];

const FRESH_MS = 60_000;

export const featuresQuery = () =>
  queryOptions({
    queryKey: ["features"] as const,
    queryFn: async ({ signal }) => (await told(api.GET("/flags", { signal }))).items,
    staleTime: FRESH_MS,
  });

/** Off where nothing is said of it. */
export function isOn(told: readonly MyFlags[], orgId: string, key: string): boolean {
  return told.find(({ org_id }) => org_id === orgId)?.flags[key] ?? false;
}

/** Whether a feature is on for this person in an organisation; off until that is known. */
export function useFeature(orgId: string, key: string): boolean {
  const told = useQuery(featuresQuery()).data;
  return told !== undefined && isOn(told, orgId, key);
}
