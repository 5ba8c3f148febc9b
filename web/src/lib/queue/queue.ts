/**
 * Changes on their way to the API: kept in IndexedDB before anything else happens, sent in order and with their ids,
 * by one tab at a time. An answered change leaves the queue; a refused one stays until the person has settled it.
 */
import { api, mayPass, told } from "~/api/client";
import { Problem, SignedOut, Unreachable } from "~/api/problem";
import type { Command, CommandAnswer, EventRecord, ProblemDetails, SentCommand } from "~/api/types";

import { connection } from "../connection";
import { database } from "../database";
import { newId } from "../ids";
import { exclusively } from "../locks";
import { sessionState } from "../session/session";
import { createStore } from "../store";
import { type Change, type QueuedChange, supersedes } from "./change";

const AT_ONCE = 20;
const RETRY_MS = 1_500;
const LONGEST_RETRY_MS = 15_000;

export type Outcome =
  | { is: "saved"; rev: number | null; events: EventRecord[]; commandId: string }
  | { is: "refused"; problem: ProblemDetails; commandId: string };

type Told = (cimId: string, answer: CommandAnswer) => void | Promise<void>;

/** Every change of this person that is not answered yet, in order. */
export const changes = createStore<readonly Change[]>([]);

const waiting = new Map<string, (outcome: Outcome) => void>();
const sending = new Set<string>();
const listeners = new Set<Told>();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("bookrunner:queue");
let flushing = false;
let again: ReturnType<typeof setTimeout> | undefined;
let retryMs = RETRY_MS;

/** Told of each answer before its change leaves the queue, so that what it changed can be read first. */
export function onAnswer(listener: Told): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Keeps a change and sends it as soon as that works. Resolves when it is answered, however long that takes. */
export async function enqueue(cimId: string, command: Command): Promise<Outcome> {
  const state = sessionState.get();
  if (state.is === "out") throw new SignedOut();
  const change: QueuedChange = {
    commandId: newId(),
    personId: state.session.personId,
    cimId,
    command,
    at: Date.now(),
    wasSent: false,
    problem: null,
  };
  const outcome = new Promise<Outcome>((resolve) => waiting.set(change.commandId, resolve));
  await keep(change);
  await reload();
  tellOtherTabs();
  void flush();
  return outcome;
}

/** Adds it, or writes it over the unsent one right before it that it makes pointless. */
async function keep(change: QueuedChange): Promise<void> {
  const store = (await database()).transaction("changes", "readwrite").objectStore("changes");
  const own = (await store.index("byPerson").getAll(change.personId)).filter(
    ({ cimId, problem }) => cimId === change.cimId && problem === null,
  );
  const last = own.at(-1);
  if (last?.order !== undefined && !last.wasSent && supersedes(change.command, last.command)) {
    await store.put({ ...change, order: last.order });
    // Whoever waits for the earlier one hears what becomes of this one.
    const [earlier, mine] = [waiting.get(last.commandId), waiting.get(change.commandId)];
    if (earlier && mine)
      waiting.set(change.commandId, (outcome) => {
        earlier(outcome);
        mine(outcome);
      });
    waiting.delete(last.commandId);
  } else {
    await store.add(change);
  }
}

/** Reads the queue again from where it is kept. */
export async function reload(): Promise<void> {
  const state = sessionState.get();
  if (state.is === "out") {
    changes.set([]);
    return;
  }
  const kept = await (await database()).getAllFromIndex("changes", "byPerson", state.session.personId);
  kept.sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
  changes.set(
    kept.map((change) => ({
      ...change,
      order: change.order ?? 0,
      status: change.problem ? "refused" : sending.has(change.commandId) ? "sending" : "queued",
    })),
  );
}

/** Sends everything that waits, book by book. Only one tab does it at a time. */
export async function flush(): Promise<void> {
  if (flushing || sessionState.get().is === "out") return;
  flushing = true;
  clearTimeout(again);
  let isLater = false;
  try {
    await exclusively("queue", async () => {
      for (;;) {
        await reload();
        const next = changes.get().find(({ problem }) => problem === null);
        if (!next) return;
        await sendSome(next.cimId);
      }
    });
    retryMs = RETRY_MS;
  } catch (error) {
    isLater = true;
    if (error instanceof SignedOut) return;
    const asked = error instanceof Problem ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
    again = setTimeout(() => void flush(), Math.max(retryMs, asked));
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  } finally {
    flushing = false;
    sending.clear();
    await reload();
    // One may have come in while the last round ended.
    if (!isLater && changes.get().some(({ problem }) => problem === null)) void flush();
  }
}

async function sendSome(cimId: string): Promise<void> {
  const batch = changes
    .get()
    .filter((change) => change.cimId === cimId && change.problem === null)
    .slice(0, AT_ONCE);
  await markSent(batch);
  try {
    await settleAll(cimId, batch, await send(cimId, batch));
  } catch (error) {
    if (!(error instanceof Problem) || mayPass(error)) throw error;
    // The call as a whole was refused; alone, each change gets its own answer.
    if (batch.length === 1) await refuse(batch, error.details);
    else for (const change of batch) await sendAlone(cimId, change);
  }
}

async function sendAlone(cimId: string, change: Change): Promise<void> {
  try {
    await settleAll(cimId, [change], await send(cimId, [change]));
  } catch (error) {
    if (!(error instanceof Problem) || mayPass(error)) throw error;
    await refuse([change], error.details);
  }
}

async function send(cimId: string, batch: readonly Change[]): Promise<CommandAnswer[]> {
  for (const { commandId } of batch) sending.add(commandId);
  await reload();
  const body: SentCommand[] = batch.map(({ command, commandId }) => ({ ...command, command_id: commandId }));
  const answers = await told(
    api.POST("/cims/{cim_id}/commands", { params: { path: { cim_id: cimId } }, body }),
  );
  return answers.results;
}

async function settleAll(cimId: string, batch: readonly Change[], answers: CommandAnswer[]): Promise<void> {
  let isUnderWay = false;
  for (const answer of answers) {
    const change = batch.find(({ commandId }) => commandId === answer.command_id);
    sending.delete(answer.command_id);
    if (!change) continue;
    if (answer.status === "refused" && answer.problem) {
      await refuse([change], answer.problem);
    } else if (answer.status === "done") {
      for (const listener of listeners) await listener(cimId, answer);
      await forget(change);
      settle(change.commandId, {
        is: "saved",
        rev: answer.rev ?? null,
        events: answer.events,
        commandId: change.commandId,
      });
    } else {
      isUnderWay = true;
    }
  }
  await reload();
  tellOtherTabs();
  // Durable, but not readable yet: the same id asked again tells when it is.
  if (isUnderWay) throw new Unreachable();
}

async function markSent(batch: readonly Change[]): Promise<void> {
  const store = (await database()).transaction("changes", "readwrite").objectStore("changes");
  for (const { order } of batch) {
    const kept = await store.get(order);
    if (kept && !kept.wasSent) await store.put({ ...kept, wasSent: true });
  }
}

async function refuse(batch: readonly Change[], problem: ProblemDetails): Promise<void> {
  const store = (await database()).transaction("changes", "readwrite").objectStore("changes");
  for (const { order, commandId } of batch) {
    sending.delete(commandId);
    const kept = await store.get(order);
    if (kept) await store.put({ ...kept, problem });
    settle(commandId, { is: "refused", problem, commandId });
  }
  await reload();
  tellOtherTabs();
}

async function forget({ order }: Change): Promise<void> {
  await (await database()).delete("changes", order);
}

/** A refused change is let go. */
export async function drop(change: Change): Promise<void> {
  await forget(change);
  await reload();
  tellOtherTabs();
}

/** A refused change goes to the end of the queue as a new one, whatever revision it was made for. */
export async function sendAgain(change: Change): Promise<void> {
  await forget(change);
  await enqueue(change.cimId, { ...change.command, expected_rev: null });
}

function settle(commandId: string, outcome: Outcome): void {
  waiting.get(commandId)?.(outcome);
  waiting.delete(commandId);
}

function tellOtherTabs(): void {
  channel?.postMessage("changed");
}

/** Called once a person is signed in; sends what waits from before, and again whenever the API is back. */
export function runQueue(): () => void {
  const heard = (): void => void reload();
  channel?.addEventListener("message", heard);
  const stopConnection = connection.subscribe(() => {
    if (connection.get() === "online") void flush();
  });
  const stopSession = sessionState.subscribe(() => {
    if (sessionState.get().is === "in") void flush();
    else void reload();
  });
  void flush();
  return () => {
    channel?.removeEventListener("message", heard);
    stopConnection();
    stopSession();
  };
}
