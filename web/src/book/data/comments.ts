import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import type { Comment } from "~/api/types";
import { newId } from "~/lib/ids";

const commentsQuery = (cimId: string) =>
  queryOptions({
    queryKey: keys.comments(cimId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/cims/{cim_id}/comments", { params: { path: { cim_id: cimId } }, signal }))).items,
  });

const NONE: readonly Comment[] = [];

export function useComments(cimId: string): readonly Comment[] {
  return useQuery(commentsQuery(cimId)).data ?? NONE;
}

/** How many comments of each slide are not settled. */
export function useOpenComments(cimId: string): ReadonlyMap<string, number> {
  const comments = useComments(cimId);
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const { slide_id, resolved_at } of comments)
      if (!resolved_at) counts.set(slide_id, (counts.get(slide_id) ?? 0) + 1);
    return counts;
  }, [comments]);
}

export function useAddComment(cimId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ slideId, text }: { slideId: string; text: string }) =>
      told(
        api.POST("/cims/{cim_id}/comments", {
          params: { path: { cim_id: cimId }, header: { "idempotency-key": newId() } },
          body: { slide_id: slideId, text },
        }),
      ),
    onSuccess: (comment) =>
      client.setQueryData<Comment[]>(keys.comments(cimId), (known = []) => [
        ...known.filter(({ id }) => id !== comment.id),
        comment,
      ]),
  });
}

export function useResolveComment(cimId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, resolved }: { id: string; resolved: boolean }) =>
      told(
        api.PUT("/cims/{cim_id}/comments/{comment_id}/resolution", {
          params: { path: { cim_id: cimId, comment_id: id } },
          body: { resolved },
        }),
      ),
    onSuccess: (comment) =>
      client.setQueryData<Comment[]>(keys.comments(cimId), (known = []) =>
        known.map((each) => (each.id === comment.id ? comment : each)),
      ),
  });
}
