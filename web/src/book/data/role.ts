import { useQuery } from "@tanstack/react-query";

import type { Book } from "~/api/types";
import { useSession } from "~/lib/session/useSession";

import { membersQuery } from "./people";

export interface MyRights {
  canEdit: boolean;
  canReview: boolean;
  canLead: boolean;
}

/** What this person may do in the book. While that is not known it is offered: the API decides in any case. */
export function useMyRights(book: Book): MyRights {
  const { personId } = useSession();
  const members = useQuery(membersQuery(book.project_id)).data;
  const role = members?.find(({ user_id }) => user_id === personId)?.role ?? "lead";
  const isOpen = book.status !== "complete";
  return {
    canEdit: isOpen && (role === "lead" || role === "editor"),
    canReview: role !== "viewer",
    canLead: role === "lead",
  };
}
