import { queryOptions, useQueries, useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import { meQuery } from "~/api/queries";
import type { components } from "~/api/schema";

export type Deal = components["schemas"]["Deal"];
type Project = components["schemas"]["Project"];

export interface DealRow extends Deal {
  project: Project;
}

/** Every deal of a project, archived ones too. */
export const everyDealQuery = (projectId: string) =>
  queryOptions({
    queryKey: [...keys.deals(projectId), "archived too"] as const,
    // Others change it too, and nothing tells of that.
    staleTime: 0,
    queryFn: async ({ signal }) =>
      (
        await told(
          api.GET("/deals", { params: { query: { project_id: projectId, archived: true } }, signal }),
        )
      ).items,
  });

interface Deals {
  rows: readonly DealRow[];
  projects: readonly Project[];
  isPending: boolean;
  error: unknown;
}

/** Every deal that the person sees, of all projects. */
export function useDeals(): Deals {
  const me = useQuery(meQuery());
  const projects = me.data?.projects ?? [];
  return useQueries({
    queries: projects.map(({ project_id }) => everyDealQuery(project_id)),
    combine: (found): Deals => ({
      rows: found.flatMap(({ data }, position) => {
        const project = projects[position];
        return project ? (data ?? []).map((deal) => ({ ...deal, project })) : [];
      }),
      projects,
      isPending: me.isPending || found.some(({ isPending }) => isPending),
      error: me.error ?? found.find(({ isError }) => isError)?.error ?? null,
    }),
  });
}

/** People on trial keep their project as it is. */
export const rolesIn = ({ org_role, project_role }: Project) =>
  org_role === null ? [] : [org_role, project_role];
