import { useMutation } from "@tanstack/react-query";

import type { RequestView } from "~/api/types";

import { type Answer, useTalking } from "../talking";

/** Sends the answer of a card; tells whether it is on its way and what was refused. */
export function useAnswering(cimId: string, request: RequestView) {
  const { answer } = useTalking(cimId);
  return useMutation({ mutationFn: (given: Answer) => answer(request.run_id, request.id, given) });
}
