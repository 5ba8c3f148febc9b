/** Applications, versions, deployments. While something is being done its steps are looked at again and again. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import type { components } from "~/api/schema";

type Schemas = components["schemas"];

export type Application = Schemas["Application"];
export type Deployment = Schemas["Deployment"];
export type DeploymentStep = Schemas["DeploymentStep"];
export type Version = Schemas["Version"];
export type DeploymentAction = Deployment["action"];

const SOON_MS = 1_000;
const LATER_MS = 15_000;
const AT_ONCE = 20;

export const isUnderWay = ({ status }: Pick<Deployment, "status">): boolean =>
  status === "pending" || status === "running";

export const platformKeys = {
  applications: (orgId: string) => ["applications", orgId] as const,
  deployments: (applicationId: string) => ["deployments", applicationId] as const,
  deployment: (deploymentId: string) => ["deployment", deploymentId] as const,
  versions: () => ["versions"] as const,
};

export const applicationsQuery = (orgId: string) =>
  queryOptions({
    queryKey: platformKeys.applications(orgId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/orgs/{org_id}/applications", { params: { path: { org_id: orgId } }, signal })))
        .items,
    staleTime: 0,
    refetchInterval: LATER_MS,
  });

export const versionsQuery = () =>
  queryOptions({
    queryKey: platformKeys.versions(),
    staleTime: 0,
    queryFn: async ({ signal }) => (await told(api.GET("/versions", { signal }))).items,
  });

export const deploymentsQuery = (applicationId: string) =>
  infiniteQueryOptions({
    queryKey: platformKeys.deployments(applicationId),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      told(
        api.GET("/applications/{application_id}/deployments", {
          params: {
            path: { application_id: applicationId },
            query: { limit: AT_ONCE, ...(pageParam === null ? {} : { before: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_before,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(isUnderWay)) ? SOON_MS : LATER_MS,
  });

export const deploymentQuery = (deploymentId: string) =>
  queryOptions({
    queryKey: platformKeys.deployment(deploymentId),
    queryFn: ({ signal }) =>
      told(
        api.GET("/deployments/{deployment_id}", {
          params: { path: { deployment_id: deploymentId } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data.deployment) ? SOON_MS : false),
  });
