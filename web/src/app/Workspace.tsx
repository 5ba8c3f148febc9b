/** Everything that a signed-in person has on every page: what was read, the queue, the palette, the sign-in in place. */
import { QueryClientProvider } from "@tanstack/react-query";
import { persistQueryClient } from "@tanstack/react-query-persist-client";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { keys } from "~/api/keys";
import { runQueue } from "~/lib/queue/queue";
import { onAnswer } from "~/lib/queue/queue";
import { useSessionState } from "~/lib/session/useSession";
import { takeAnswer } from "~/lib/stream/apply";

import { cacheOf, CACHE_SHAPE } from "./cache";
import { Dialogs } from "./Dialogs";
import { PageLoading } from "./PageLoading";
import { useGeneralActions } from "./palette/useGeneralActions";
import { createQueryClient, KEPT_MS } from "./queryClient";

export function Workspace() {
  const state = useSessionState();
  const navigate = useNavigate();
  const isOut = state.is === "out";
  useEffect(() => {
    if (!isOut) return;
    const { pathname } = window.location;
    // An invitation may be for somebody else than who was signed in.
    const next = pathname.startsWith("/app/invitations/") ? { next: pathname } : {};
    void navigate({ to: "/app/sign-in", search: next, replace: true });
  }, [isOut, navigate]);
  return isOut ? null : <PersonsWorkspace key={state.session.personId} personId={state.session.personId} />;
}

function PersonsWorkspace({ personId }: { personId: string }) {
  const [client] = useState(createQueryClient);
  const [isRestored, setRestored] = useState(false);

  useEffect(() => {
    const [stop, restored] = persistQueryClient({
      queryClient: client,
      persister: cacheOf(personId),
      buster: CACHE_SHAPE,
      maxAge: KEPT_MS,
      dehydrateOptions: {
        shouldDehydrateQuery: ({ state, meta }) => state.status === "success" && meta?.["isKept"] !== false,
      },
    });
    // What cannot be restored is read again.
    void restored.catch(() => undefined).finally(() => setRestored(true));
    return stop;
  }, [client, personId]);

  useEffect(() => {
    const stopAnswers = onAnswer(async (cimId, { events }) => {
      await takeAnswer(client, cimId, events).catch(() =>
        client.invalidateQueries({ queryKey: keys.book(cimId) }),
      );
    });
    const stopQueue = runQueue();
    return () => {
      stopQueue();
      stopAnswers();
    };
  }, [client]);

  return (
    <QueryClientProvider client={client}>
      {isRestored ? <Outlet /> : <PageLoading />}
      <GeneralActions />
      <Dialogs />
    </QueryClientProvider>
  );
}

function GeneralActions() {
  useGeneralActions();
  return null;
}
