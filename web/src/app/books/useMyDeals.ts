import { useQueries, useQuery } from "@tanstack/react-query";

import { dealsQuery, meQuery } from "~/api/queries";

export interface MyDeal {
  id: string;
  name: string;
  project: string;
  projectId: string;
  mayCreate: boolean;
}

const CREATORS = new Set(["lead", "editor"]);

/** The deals that the person may see, by name; undefined until they were read. */
export function useMyDeals(): readonly MyDeal[] | undefined {
  const { data: me } = useQuery(meQuery());
  return useQueries({
    queries: (me?.projects ?? []).map((project) => dealsQuery(project.project_id)),
    combine: (found) => {
      if (!me || found.some(({ isPending }) => isPending)) return undefined;
      return found
        .flatMap(({ data }, position) => {
          const project = me.projects[position];
          return (data ?? []).map((deal) => ({
            id: deal.id,
            name: deal.name,
            project: project?.name ?? "",
            projectId: project?.project_id ?? "",
            mayCreate: CREATORS.has(project?.project_role ?? ""),
          }));
        })
        .sort((one, other) => one.name.localeCompare(other.name));
    },
  });
}
