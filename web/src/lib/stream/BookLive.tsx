/** Keeps one book current for as long as it is open, and lets its pages hear what happens. */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from "react";

import { keys } from "~/api/keys";
import type { Book, EventRecord } from "~/api/types";

import { createStore, type Store, useStore } from "../store";
import { takeEvents, takeTalk } from "./apply";
import { BookStream, type StreamState } from "./bookStream";
import type { NumberedEntry } from "./talk";

const RUN_NEWS_MS = 400;
const MOST_ENTRIES = 2_000;

type EventsHeard = (events: readonly EventRecord[]) => void;
type NoticeHeard = (kind: string, data: Record<string, unknown>) => void;

interface Live {
  cimId: string;
  state: Store<StreamState>;
  events: Set<EventsHeard>;
  notices: Set<NoticeHeard>;
}

const LiveContext = createContext<Live | null>(null);

const NOTICE_KEYS: Partial<Record<string, (cimId: string) => readonly (readonly unknown[])[]>> = {
  run: (cimId) => [keys.bookRuns(cimId), keys.allRuns(), keys.requests(cimId)],
  agent: (cimId) => [keys.bookAgents(cimId), keys.allRuns()],
  thread: (cimId) => [keys.threads(cimId), keys.allMessages(cimId)],
  source: (cimId) => [keys.sources(cimId)],
  export: (cimId) => [keys.exports(cimId)],
  comment: (cimId) => [keys.comments(cimId)],
  reminder: (cimId) => [keys.requests(cimId)],
  retention: (cimId) => [keys.retention(cimId)],
};

export function BookLive({ cimId, children }: { cimId: string; children: ReactNode }) {
  const client = useQueryClient();
  const live = useMemo<Live>(
    () => ({ cimId, state: createStore<StreamState>("connecting"), events: new Set(), notices: new Set() }),
    [cimId],
  );

  useEffect(() => {
    const recent: NumberedEntry[] = [];
    const due = new Map<string, readonly unknown[]>();
    let later: ReturnType<typeof setTimeout> | undefined;
    const readSoon = (wanted: readonly (readonly unknown[])[]): void => {
      for (const key of wanted) due.set(JSON.stringify(key), key);
      later ??= setTimeout(() => {
        later = undefined;
        const now = [...due.values()];
        due.clear();
        for (const queryKey of now) void client.invalidateQueries({ queryKey });
      }, RUN_NEWS_MS);
    };
    const stream = new BookStream(cimId, client.getQueryData<Book>(keys.head(cimId))?.rev ?? null, {
      events: (events) => {
        // What could not be read now is read when the stream is back.
        takeEvents(client, cimId, events).catch(() => readSoon([keys.head(cimId), keys.slides(cimId)]));
        for (const heard of live.events) heard(events);
      },
      talk: (entries) => {
        recent.push(...entries);
        recent.splice(0, Math.max(0, recent.length - MOST_ENTRIES));
        takeTalk(client, cimId, entries);
      },
      notice: (kind, data) => {
        readSoon(NOTICE_KEYS[kind]?.(cimId) ?? []);
        for (const heard of live.notices) heard(kind, data);
      },
      stale: () => void client.invalidateQueries({ queryKey: keys.book(cimId) }),
    });
    const stopState = stream.state.subscribe(() => live.state.set(stream.state.get()));
    // A conversation that was read while words came in may lack the last of them.
    const stopCache = client.getQueryCache().subscribe(({ type, query }) => {
      if (type !== "updated" || recent.length === 0) return;
      const [books, id, what] = query.queryKey as readonly unknown[];
      if (books !== "books" || id !== cimId || what !== "messages") return;
      queueMicrotask(() =>
        takeTalk(
          client,
          cimId,
          recent.filter(({ n }) => n !== null),
        ),
      );
    });
    return () => {
      stopCache();
      stopState();
      clearTimeout(later);
      stream.close();
    };
  }, [cimId, client, live]);

  return <LiveContext value={live}>{children}</LiveContext>;
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("No book is open here.");
  return live;
}

export function useStreamState(): StreamState {
  return useStore(useLive().state);
}

/** Hears events of the log of the open book as they arrive, one's own included. */
export function useBookEvents(heard: EventsHeard): void {
  const { events } = useLive();
  const latest = useLatest(heard);
  useEffect(() => {
    const mine: EventsHeard = (news) => latest.current(news);
    events.add(mine);
    return () => void events.delete(mine);
  }, [events, latest]);
}

/** Hears notices of the open book: run, agent, thread, source, export, comment, presence, reminder and the like. */
export function useBookNotices(heard: NoticeHeard): void {
  const { notices } = useLive();
  const latest = useLatest(heard);
  useEffect(() => {
    const mine: NoticeHeard = (kind, data) => latest.current(kind, data);
    notices.add(mine);
    return () => void notices.delete(mine);
  }, [notices, latest]);
}

function useLatest<T>(value: T): { current: T } {
  const ref = useRef(value);
  useEffect(() => {
    ref.current = value;
  });
  return ref;
}
