/** What is read of an organisation. None of it is live; a change reads anew what it touches. */
import { queryOptions } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import type { components } from "~/api/schema";

type Schemas = components["schemas"];

export type Member = Schemas["Member"];
export type Team = Schemas["Team"];
export type Invitation = Schemas["Invitation"];
export type ApiKey = Schemas["ApiKey"];
export type Trial = Schemas["Trial"];
export type FlagSetting = Schemas["FlagSetting"];
export type NewSetting = Schemas["NewSetting"];
export type Project = Schemas["Project"];
export type ProjectMember = Schemas["ProjectMember"];

export const orgKeys = {
  all: () => ["orgs"] as const,
  org: (orgId: string) => ["orgs", orgId] as const,
  ending: (orgId: string) => ["orgs", orgId, "ending"] as const,
  members: (orgId: string) => ["orgs", orgId, "members"] as const,
  teams: (orgId: string) => ["orgs", orgId, "teams"] as const,
  teamMembers: (orgId: string, teamId: string) => ["orgs", orgId, "teams", teamId] as const,
  invitations: (orgId: string) => ["orgs", orgId, "invitations"] as const,
  apiKeys: (orgId: string) => ["orgs", orgId, "keys"] as const,
  trials: (orgId: string) => ["orgs", orgId, "trials"] as const,
  flags: (orgId: string) => ["orgs", orgId, "flags"] as const,
  project: (projectId: string) => ["projects", projectId] as const,
  projectMembers: (projectId: string) => ["projects", projectId, "members"] as const,
};

/** Others change it too, and nothing tells of that: shown from the cache, read anew whenever it is looked at. */
const LOOKED_AT = { staleTime: 0, refetchOnWindowFocus: true } as const;

const of = (orgId: string) => ({ path: { org_id: orgId } });

/** When it ends; null where nobody asked for that. */
export const endingQuery = (orgId: string) =>
  queryOptions({
    ...LOOKED_AT,
    queryKey: orgKeys.ending(orgId),
    queryFn: ({ signal }) => told(api.GET("/orgs/{org_id}/ending", { params: of(orgId), signal })),
  });

export const membersQuery = (orgId: string) =>
  queryOptions({
    ...LOOKED_AT,
    queryKey: orgKeys.members(orgId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/orgs/{org_id}/members", { params: of(orgId), signal }))).items,
  });

export const teamsQuery = (orgId: string) =>
  queryOptions({
    ...LOOKED_AT,
    queryKey: orgKeys.teams(orgId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/orgs/{org_id}/teams", { params: of(orgId), signal }))).items,
  });

export const teamMembersQuery = (orgId: string, teamId: string) =>
  queryOptions({
    ...LOOKED_AT,
    queryKey: orgKeys.teamMembers(orgId, teamId),
    queryFn: async ({ signal }) =>
      (
        await told(
          api.GET("/orgs/{org_id}/teams/{team_id}/members", {
            params: { path: { org_id: orgId, team_id: teamId } },
            signal,
          }),
        )
      ).items,
  });

export const invitationsQuery = (orgId: string) =>
  queryOptions({
    ...LOOKED_AT,
    queryKey: orgKeys.invitations(orgId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/orgs/{org_id}/invitations", { params: of(orgId), signal }))).items,
  });

export const apiKeysQuery = (orgId: string) =>
  queryOptions({
    ...LOOKED_AT,
    queryKey: orgKeys.apiKeys(orgId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/orgs/{org_id}/keys", { params: of(orgId), signal }))).items,
  });

export const trialsQuery = (orgId: string) =>
  queryOptions({
    ...LOOKED_AT,
    queryKey: orgKeys.trials(orgId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/orgs/{org_id}/trials", { params: of(orgId), signal }))).items,
  });

export const flagsQuery = (orgId: string) =>
  queryOptions({
    ...LOOKED_AT,
    queryKey: orgKeys.flags(orgId),
    queryFn: ({ signal }) => told(api.GET("/orgs/{org_id}/flags", { params: of(orgId), signal })),
  });

export const projectQuery = (projectId: string) =>
  queryOptions({
    ...LOOKED_AT,
    queryKey: orgKeys.project(projectId),
    queryFn: ({ signal }) =>
      told(api.GET("/projects/{project_id}", { params: { path: { project_id: projectId } }, signal })),
  });

export const projectMembersQuery = (projectId: string) =>
  queryOptions({
    ...LOOKED_AT,
    queryKey: orgKeys.projectMembers(projectId),
    queryFn: async ({ signal }) =>
      (
        await told(
          api.GET("/projects/{project_id}/members", { params: { path: { project_id: projectId } }, signal }),
        )
      ).items,
  });
