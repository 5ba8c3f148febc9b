/** What the pages read. While a book is open its stream keeps these current, so none of them polls. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, told } from "./client";
import { keys } from "./keys";
import type { BookStatus, Stage } from "./types";

const MESSAGES_AT_ONCE = 60;
const BOOKS_AT_ONCE = 200;

const of = (cimId: string) => ({ path: { cim_id: cimId } });

export const headQuery = (cimId: string) =>
  queryOptions({
    queryKey: keys.head(cimId),
    queryFn: ({ signal }) => told(api.GET("/cims/{cim_id}", { params: of(cimId), signal })),
  });

/** When the book is deleted by the rule of its organisation, where that is announced. */
export const retentionQuery = (cimId: string) =>
  queryOptions({
    queryKey: keys.retention(cimId),
    queryFn: ({ signal }) => told(api.GET("/cims/{cim_id}/retention", { params: of(cimId), signal })),
  });

export const slidesQuery = (cimId: string) =>
  queryOptions({
    queryKey: keys.slides(cimId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/cims/{cim_id}/slides", { params: of(cimId), signal }))).items,
  });

export const factsQuery = (cimId: string) =>
  queryOptions({
    queryKey: keys.facts(cimId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/cims/{cim_id}/facts", { params: of(cimId), signal }))).items,
  });

export const findingsQuery = (cimId: string) =>
  queryOptions({
    queryKey: keys.findings(cimId),
    queryFn: ({ signal }) => told(api.GET("/cims/{cim_id}/findings", { params: of(cimId), signal })),
  });

export const graphQuery = (cimId: string) =>
  queryOptions({
    queryKey: keys.graph(cimId),
    queryFn: ({ signal }) => told(api.GET("/cims/{cim_id}/graph", { params: of(cimId), signal })),
  });

export const sourcesQuery = (cimId: string) =>
  queryOptions({
    queryKey: keys.sources(cimId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/cims/{cim_id}/sources", { params: of(cimId), signal }))).items,
  });

export const passagesQuery = (sourceId: string) =>
  queryOptions({
    queryKey: keys.passages(sourceId),
    // A document that was read does not change.
    staleTime: Infinity,
    queryFn: async ({ signal }) =>
      (
        await told(
          api.GET("/sources/{source_id}/passages", { params: { path: { source_id: sourceId } }, signal }),
        )
      ).items,
  });

export const requestsQuery = (cimId: string) =>
  queryOptions({
    queryKey: keys.requests(cimId),
    queryFn: async ({ signal }) =>
      (await told(api.GET("/cims/{cim_id}/requests", { params: of(cimId), signal }))).items,
  });

/** The conversation, latest page first; within a page the oldest message is first. */
export const messagesQuery = (cimId: string, threadId = "main", branch: string | null = null) =>
  infiniteQueryOptions({
    queryKey: keys.messages(cimId, threadId, branch),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      told(
        api.GET("/cims/{cim_id}/messages", {
          params: {
            ...of(cimId),
            query: {
              thread_id: threadId,
              limit: MESSAGES_AT_ONCE,
              ...(branch === null ? {} : { branch }),
              ...(pageParam === null ? {} : { before: pageParam }),
            },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });

export interface BookFilter {
  dealId?: string | undefined;
  status?: BookStatus | undefined;
  stage?: Stage | undefined;
}

export const booksQuery = (filter: BookFilter) =>
  infiniteQueryOptions({
    queryKey: keys.books(filter),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      told(
        api.GET("/books", {
          params: {
            query: {
              limit: BOOKS_AT_ONCE,
              ...(filter.dealId ? { deal_id: filter.dealId } : {}),
              ...(filter.status ? { status: filter.status } : {}),
              ...(filter.stage ? { stage: filter.stage } : {}),
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });

/** The titles of some books by their ids, at most a hundred. */
export const titlesQuery = (cimIds: readonly string[]) =>
  queryOptions({
    queryKey: [...keys.allBooks(), "titles", cimIds] as const,
    enabled: cimIds.length > 0,
    queryFn: async ({ signal }) => {
      const query = { ids: [...cimIds], limit: cimIds.length };
      const { items } = await told(api.GET("/books", { params: { query }, signal }));
      return Object.fromEntries(items.map(({ id, title }) => [id, title]));
    },
  });

export const meQuery = () =>
  queryOptions({
    queryKey: keys.me(),
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) => told(api.GET("/me", { signal })),
  });

export const dealsQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.deals(projectId),
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }) =>
      (await told(api.GET("/deals", { params: { query: { project_id: projectId } }, signal }))).items,
  });
