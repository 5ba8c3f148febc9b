import { queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";

import { api, told } from "~/api/client";
import type { components } from "~/api/schema";
import type { Actor } from "~/api/types";
import { usePresent } from "~/lib/presence/usePresence";
import { nameFrom } from "~/lib/session/session";
import { useSession } from "~/lib/session/useSession";

export const membersQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["projects", projectId, "members"],
    queryFn: async ({ signal }) =>
      (
        await told(
          api.GET("/projects/{project_id}/members", { params: { path: { project_id: projectId } }, signal }),
        )
      ).items,
    staleTime: 10 * 60_000,
    retry: false,
  });

/** "a colleague" where the person may not know more. */
export function nameOfMember(
  members: readonly components["schemas"]["ProjectMember"][] | undefined,
  personId: string,
  email?: string,
): string {
  const member = members?.find(({ user_id }) => user_id === personId);
  if (member?.full_name) return member.full_name;
  const known = member?.email ?? email;
  return known ? nameFrom(known) : "a colleague";
}

export type NameOf = (actor: Actor) => string;

/** Who somebody is, for people: "you", "Lea Ott", "the AI (for Lea Ott)". */
export function useNameOf(projectId: string): NameOf {
  const me = useSession();
  const present = usePresent();
  const members = useQuery(membersQuery(projectId)).data;
  return useCallback(
    (actor: Actor) => {
      const person = (id: string): string => {
        if (id === me.personId) return "you";
        return nameOfMember(members, id, present.find(({ personId }) => personId === id)?.email);
      };
      if (actor.kind === "user") return person(actor.id);
      if (actor.kind === "system") return "Bookrunner";
      return actor.on_behalf_of ? `the AI (for ${person(actor.on_behalf_of)})` : "the AI";
    },
    [me.personId, members, present],
  );
}
