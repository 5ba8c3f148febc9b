/** The live stream of one open book: connects, goes on from where it was, and hands over what it hears. */
import { authorizedFetch } from "~/api/client";
import { Problem, problemOf, SignedOut } from "~/api/problem";
import type { EventRecord, Message } from "~/api/types";

import { connection } from "../connection";
import { createStore, type Store } from "../store";
import { EventParser, type ServerEvent } from "./sse";
import type { Delta, NumberedEntry, TalkEntry } from "./talk";

export type StreamState = "connecting" | "live" | "waiting" | "access_lost" | "deleted";

export interface StreamListener {
  events: (events: EventRecord[]) => void;
  talk: (entries: NumberedEntry[]) => void;
  notice: (kind: string, data: Record<string, unknown>) => void;
  /** What was read before may miss something: read it again. */
  stale: () => void;
}

const SILENCE_MS = 40_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
const GATHER_MS = 16;
const ASLEEP_AFTER_MS = 60_000;

const TALK = new Set(["message", "delta", "message_reset"]);
const OVER: Partial<Record<string, StreamState>> = { access_lost: "access_lost", deleted: "deleted" };

export class BookStream {
  readonly state: Store<StreamState> = createStore<StreamState>("connecting");
  readonly #cimId: string;
  readonly #listener: StreamListener;
  readonly #closing = new AbortController();
  #attempt: AbortController | null = null;
  #cursor: string | null = null;
  #after: number | null;
  #retryMs = FIRST_RETRY_MS;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #events: EventRecord[] = [];
  #talk: NumberedEntry[] = [];
  #asleep: ReturnType<typeof setTimeout> | undefined;
  #wake: (() => void) | null = null;

  /** `after`: the revision that was read, or null when nothing was. */
  constructor(cimId: string, after: number | null, listener: StreamListener) {
    this.#cimId = cimId;
    this.#after = after;
    this.#listener = listener;
    document.addEventListener("visibilitychange", this.#seen);
    this.#stopConnection = connection.subscribe(() => {
      if (connection.get() === "online") this.#wake?.();
    });
    void this.#run();
  }

  readonly #stopConnection: () => void;

  close(): void {
    this.#closing.abort();
    this.#attempt?.abort();
    this.#wake?.();
    document.removeEventListener("visibilitychange", this.#seen);
    this.#stopConnection();
    clearTimeout(this.#silence);
    clearTimeout(this.#gathering);
    clearTimeout(this.#asleep);
  }

  /** A page that nobody sees gives its connection back after a while: a browser has six for one address. */
  #seen = (): void => {
    clearTimeout(this.#asleep);
    if (document.hidden) this.#asleep = setTimeout(() => this.#attempt?.abort(), ASLEEP_AFTER_MS);
    else this.#wake?.();
  };

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#connect();
        this.#retryMs = FIRST_RETRY_MS;
      } catch (error) {
        if (error instanceof SignedOut) return;
        if (error instanceof Problem && (error.status === 403 || error.status === 404)) {
          this.state.set(error.status === 403 ? "access_lost" : "deleted");
          return;
        }
      }
      this.#handOver();
      if (OVER[this.state.get()]) return;
      this.state.set("waiting");
      await this.#pause();
    }
  }

  async #connect(): Promise<void> {
    this.#attempt = new AbortController();
    const address = new URL(`/cims/${encodeURIComponent(this.#cimId)}/stream`, window.location.origin);
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (this.#cursor) headers["last-event-id"] = this.#cursor;
    else if (this.#after !== null) address.searchParams.set("after", String(this.#after));
    const answer = await authorizedFetch(new Request(address, { headers, signal: this.#attempt.signal }));
    if (!answer.ok || !answer.body) throw await problemOf(answer);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    try {
      for (;;) {
        this.#expectNews();
        const { done, value } = await reader.read();
        if (done) return;
        for (const event of parser.push(value)) this.#take(event);
      }
    } finally {
      clearTimeout(this.#silence);
      void reader.cancel().catch(() => undefined);
    }
  }

  #expectNews(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#attempt?.abort(), SILENCE_MS);
  }

  #take({ id, event, data }: ServerEvent): void {
    this.state.set("live");
    this.#retryMs = FIRST_RETRY_MS;
    if (id) this.#cursor = id;
    const n = id?.includes(".") ? Number(id.split(".")[1]) : null;
    const said = JSON.parse(data) as Record<string, unknown>;
    if (event === "ready" || event === "talk_reset") {
      this.#handOver();
      this.#listener.stale();
    } else if (event === "closing") {
      const over = OVER[String(said["reason"])];
      if (over) this.state.set(over);
    } else if (TALK.has(event)) {
      this.#talk.push({ n, entry: talkEntry(event, said) });
      this.#gather();
    } else if (typeof said["seq"] === "number") {
      this.#events.push(said as unknown as EventRecord);
      this.#gather();
    } else {
      this.#listener.notice(event, said);
    }
  }

  /** What comes at once is handed over together. */
  #gather(): void {
    this.#gathering ??= setTimeout(() => this.#handOver(), GATHER_MS);
  }

  #handOver(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const [events, talk] = [this.#events, this.#talk];
    this.#events = [];
    this.#talk = [];
    if (talk.length) this.#listener.talk(talk);
    if (events.length) this.#listener.events(events);
  }

  /** Until the next try: a moment, longer each time; while nobody looks, until somebody does. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        if (document.hidden && !this.#isClosed) return;
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(wake, this.#retryMs * (0.5 + Math.random()));
      this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
      this.#wake = wake;
    });
  }
}

function talkEntry(event: string, said: Record<string, unknown>): TalkEntry {
  if (event === "message") return { kind: "message", message: said as unknown as Message };
  return { kind: event === "delta" ? "delta" : "message_reset", delta: said as unknown as Delta };
}
