import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";

import { requestsQuery } from "~/api/queries";
import { timesOver, when } from "~/lib/dates";
import { useBookNotices } from "~/lib/stream/BookLive";
import { tell } from "~/lib/tell";

interface Reminder {
  since: string;
  count: number;
}

/** How many answers the AI waits for, in the title of the page; and a quiet word when somebody is reminded. */
export function Waiting({ cimId, title }: { cimId: string; title: string }) {
  const requests = useQuery(requestsQuery(cimId)).data;
  const open = requests?.length ?? 0;
  useEffect(() => {
    document.title = `${open > 0 ? `(${open}) ` : ""}${title} · Bookrunner`;
    return () => {
      document.title = "Bookrunner";
    };
  }, [open, title]);

  // Reminders of questions that are not read yet wait for them.
  const untold = useRef(new Map<string, Reminder>());
  const tellOfThem = useCallback((): void => {
    for (const [id, { since, count }] of untold.current) {
      const asked = requests?.find((request) => request.id === id)?.body.text;
      if (!asked) continue;
      untold.current.delete(id);
      tell(`${asked} (Reminded ${timesOver(count)}.)`, `The AI waits for an answer since ${when(since)}`);
    }
  }, [requests]);
  useEffect(tellOfThem, [tellOfThem]);
  useBookNotices((kind, data) => {
    const { request_id: id, waits_since: since, count } = data;
    if (
      kind !== "reminder" ||
      typeof id !== "string" ||
      typeof since !== "string" ||
      typeof count !== "number"
    )
      return;
    untold.current.set(id, { since, count });
    tellOfThem();
  });
  return null;
}
