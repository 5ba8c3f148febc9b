import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { requestsQuery } from "~/api/queries";
import { timesOver, when } from "~/lib/dates";
import { useBookNotices } from "~/lib/stream/BookLive";
import { tell } from "~/lib/tell";

/** How many answers the AI waits for, in the title of the page; and a quiet word when somebody is reminded. */
export function Waiting({ cimId, title }: { cimId: string; title: string }) {
  const client = useQueryClient();
  const open = useQuery(requestsQuery(cimId)).data?.length ?? 0;
  useEffect(() => {
    document.title = `${open > 0 ? `(${open}) ` : ""}${title} · Bookrunner`;
    return () => {
      document.title = "Bookrunner";
    };
  }, [open, title]);

  useBookNotices((kind, data) => {
    const { request_id: id, waits_since: since, count } = data;
    if (kind !== "reminder" || typeof since !== "string" || typeof count !== "number") return;
    void client.query(requestsQuery(cimId)).then(
      (requests) => {
        const asked = requests.find((request) => request.id === id)?.body.text;
        if (asked)
          tell(`${asked} (Reminded ${timesOver(count)}.)`, `The AI waits for an answer since ${when(since)}`);
      },
      () => undefined,
    );
  });
  return null;
}
