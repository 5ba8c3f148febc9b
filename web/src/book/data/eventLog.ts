/** The log of a book, read once and then only what is new. */
import { queryOptions, useQuery, type QueryClient } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import type { EventRecord } from "~/api/types";

const AT_ONCE = 500;

export const eventsQuery = (cimId: string) =>
  queryOptions({
    queryKey: keys.events(cimId),
    queryFn: async ({ client, signal }: { client: QueryClient; signal: AbortSignal }) => {
      const known = client.getQueryData<EventRecord[]>(keys.events(cimId)) ?? [];
      const events = [...known];
      for (;;) {
        const after = events.at(-1)?.seq ?? 0;
        const page = await told(
          api.GET("/cims/{cim_id}/events", {
            params: { path: { cim_id: cimId }, query: { after, limit: AT_ONCE } },
            signal,
          }),
        );
        events.push(...page.items);
        if (page.next_cursor === null || page.items.length < AT_ONCE) return events;
      }
    },
    // What happened does not change; pages show it while what came since is read.
    structuralSharing: false,
  });

const NONE: readonly EventRecord[] = [];

export function useEventLog(cimId: string): readonly EventRecord[] {
  return useQuery(eventsQuery(cimId)).data ?? NONE;
}

export function slideIdOf(event: EventRecord): string | null {
  const id = event.data["slide_id"];
  return typeof id === "string" ? id : null;
}

export function slideIdsOf(event: EventRecord): readonly string[] {
  const ids = event.data["slide_ids"];
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}
