/** Whom runs wait for: those who began them, by name where the person may know it. */
import { useQueries } from "@tanstack/react-query";

import type { Run } from "~/api/types";
import { useMyDeals } from "~/app/books/useMyDeals";
import { membersQuery, nameOfMember } from "~/book/data/people";
import { useSession } from "~/lib/session/useSession";

const MOST_PROJECTS = 20;

export function useWaitedFor(runs: readonly Run[]): (run: Run) => string {
  const { personId } = useSession();
  const deals = useMyDeals();
  const others = runs.filter(({ actor }) => actor.id !== personId);
  const projectOf = (run: Run): string | undefined => deals?.find(({ id }) => id === run.deal_id)?.projectId;
  const projects = [...new Set(others.flatMap((run) => projectOf(run) ?? []))].slice(0, MOST_PROJECTS);
  const members = useQueries({
    queries: projects.map((projectId) => membersQuery(projectId)),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  });
  return ({ actor }) => (actor.id === personId ? "you" : nameOfMember(members, actor.id));
}
