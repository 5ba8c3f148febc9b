/** Takes what the stream tells into the cache. Events of the log bring what changed to be read, once for many. */
import type { QueryClient } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import type { EventRecord, Slide } from "~/api/types";

import type { Conversation, NumberedEntry } from "./talk";
import { follows, withEntries, talkOf } from "./talk";

const MOST_SINGLE_SLIDES = 4;

/** Events after which the slides read differently, beyond the one that the event names. */
const MANY_SLIDES = new Set([
  "slides_reordered",
  "slides_marked_stale",
  "slides_freshened",
  "outline_saved",
  "restored",
]);
const ONE_SLIDE = new Set(["slide_saved", "slide_approved"]);

const READ_AGAIN: readonly [prefix: string, key: (cimId: string) => readonly unknown[]][] = [
  ["request_", keys.requests],
  ["tool_called", keys.toolCalls],
  ["context_gathered", keys.facts],
  ["entity_", keys.graph],
  ["relationship_", keys.graph],
  ["finding_", keys.findings],
  ["acceptance_", keys.findings],
  ["slide", keys.findings],
  ["restored", keys.graph],
];

/** What a handful of events ask to be read. Pure. */
export interface ToRead {
  head: boolean;
  slides: "none" | "all" | readonly string[];
  removed: readonly string[];
  keys: readonly (readonly unknown[])[];
}

export function toRead(cimId: string, events: readonly EventRecord[]): ToRead {
  const single = new Set<string>();
  const removed = new Set<string>();
  const found = new Map<string, readonly unknown[]>();
  let all = false;
  let head = false;
  for (const { type, data } of events) {
    head ||= type !== "tool_called";
    all ||= MANY_SLIDES.has(type);
    const slideId = typeof data["slide_id"] === "string" ? data["slide_id"] : null;
    if (slideId && ONE_SLIDE.has(type)) {
      single.add(slideId);
      removed.delete(slideId);
    }
    if (slideId && type === "slide_removed") {
      removed.add(slideId);
      single.delete(slideId);
    }
    for (const [prefix, key] of READ_AGAIN)
      if (type.startsWith(prefix)) found.set(JSON.stringify(key(cimId)), key(cimId));
  }
  if (events.length) found.set("events", keys.events(cimId));
  const many = all || single.size > MOST_SINGLE_SLIDES;
  return {
    head,
    slides: many ? "all" : single.size ? [...single] : "none",
    removed: many ? [] : [...removed],
    keys: [...found.values()],
  };
}

/** Reads what the events changed, and leaves it in the cache. */
export async function takeEvents(
  client: QueryClient,
  cimId: string,
  events: readonly EventRecord[],
): Promise<void> {
  const news = events.filter(({ seq }) => !isKnown(cimId, seq));
  if (news.length === 0) return;
  const wanted = toRead(cimId, news);
  for (const key of wanted.keys) void client.invalidateQueries({ queryKey: key });
  if (wanted.removed.length)
    client.setQueryData<Slide[]>(keys.slides(cimId), (slides) =>
      slides?.filter(({ id }) => !wanted.removed.includes(id)),
    );
  await Promise.all([
    wanted.head ? readAgain(client, keys.head(cimId)) : undefined,
    wanted.slides === "all" ? readAgain(client, keys.slides(cimId)) : undefined,
    ...(Array.isArray(wanted.slides) ? wanted.slides.map((id: string) => readSlide(client, cimId, id)) : []),
  ]);
  void client.invalidateQueries({ queryKey: keys.allBooks() });
}

/** Events that came with the answer to one's own change; the stream brings them once more. */
const answered = new Map<string, Set<number>>();

function isKnown(cimId: string, seq: number): boolean {
  return answered.get(cimId)?.delete(seq) ?? false;
}

/** Reads what one's own change did, before the change leaves the queue: so nothing flickers. */
export async function takeAnswer(
  client: QueryClient,
  cimId: string,
  events: readonly EventRecord[],
): Promise<void> {
  await takeEvents(client, cimId, events);
  const known = answered.get(cimId) ?? new Set();
  for (const { seq } of events) known.add(seq);
  answered.set(cimId, known);
}

const reading = new Map<string, { isAsked: boolean; done: Promise<void> }>();

/** Reads something once more from now. Asked while it is being read, it is read again right after, and only once. */
function readAgain(client: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  const name = JSON.stringify(queryKey);
  const running = reading.get(name);
  if (running) {
    running.isAsked = true;
    return running.done;
  }
  const state = { isAsked: true, done: Promise.resolve() };
  const read = async (): Promise<void> => {
    try {
      while (state.isAsked) {
        state.isAsked = false;
        await client.invalidateQueries({ queryKey, exact: true }, { throwOnError: true });
      }
    } finally {
      reading.delete(name);
    }
  };
  reading.set(name, state);
  state.done = read();
  return state.done;
}

async function readSlide(client: QueryClient, cimId: string, slideId: string): Promise<void> {
  const known = client.getQueryData<Slide[]>(keys.slides(cimId));
  if (known === undefined) return;
  const isNew = !known.some(({ id }) => id === slideId);
  if (isNew) return readAgain(client, keys.slides(cimId));
  const path = { cim_id: cimId, slide_id: slideId };
  const fresh = await told(api.GET("/cims/{cim_id}/slides/{slide_id}", { params: { path } }));
  client.setQueryData<Slide[]>(keys.slides(cimId), (slides) =>
    slides?.map((slide) => (slide.id === slideId && slide.rev <= fresh.rev ? fresh : slide)),
  );
}

/** Takes entries of the talk into every conversation of the book that is in the cache. */
export function takeTalk(client: QueryClient, cimId: string, entries: readonly NumberedEntry[]): void {
  const found = client.getQueriesData<Conversation>({ queryKey: keys.allMessages(cimId) });
  for (const [key, conversation] of found) {
    if (!conversation) continue;
    const threadId = String(key[3]);
    const isActive = key[4] === null;
    const known = talkOf(conversation);
    const news = entries.filter(({ n }) => n === null || n > known);
    if (news.length === 0) continue;
    const next = withEntries(conversation, threadId, news);
    const strays = news.some(
      ({ entry }) =>
        entry.kind === "message" && entry.message.thread_id === threadId && !follows(next, entry.message),
    );
    if (strays && isActive) void client.invalidateQueries({ queryKey: key });
    if (JSON.stringify(next) !== JSON.stringify(conversation)) client.setQueryData<Conversation>(key, next);
  }
}
