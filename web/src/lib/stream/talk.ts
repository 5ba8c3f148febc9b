/** What the stream says about the conversation, taken into the messages that were read. Pure. */
import type { InfiniteData } from "@tanstack/react-query";

import type { Message, MessagePage } from "~/api/types";

export type Conversation = InfiniteData<MessagePage, string | null>;

export interface Delta {
  message_id: string;
  attempt: number;
  text: string;
}

export type TalkEntry =
  | { kind: "message"; message: Message }
  | { kind: "delta"; delta: Delta }
  | { kind: "message_reset"; delta: Delta };

/** An entry with its number in the talk; those before `ready` have none. */
export interface NumberedEntry {
  n: number | null;
  entry: TalkEntry;
}

const FINAL = new Set<Message["status"]>(["complete", "stopped", "failed"]);

export const isFinal = (message: Message): boolean => FINAL.has(message.status);

/** How far into the talk a conversation was read. */
export function talkOf(conversation: Conversation): number {
  return Number(conversation.pages[0]?.stream_cursor.split(".")[1] ?? 0);
}

/** The entries that the conversation does not hold yet, in order. The same conversation when there are none. */
export function withEntries(
  conversation: Conversation,
  threadId: string,
  entries: readonly NumberedEntry[],
): Conversation {
  let known = talkOf(conversation);
  let latest = conversation.pages[0];
  if (!latest) return conversation;
  const before = latest;
  for (const { n, entry } of entries) {
    if (n !== null && n <= known) continue;
    known = n ?? known;
    latest = { ...latest, items: taken(latest.items, threadId, entry) };
  }
  if (latest === before) return conversation;
  const seq = latest.stream_cursor.split(".")[0] ?? "0";
  const read = { ...latest, stream_cursor: `${seq}.${known}` };
  return { ...conversation, pages: [read, ...conversation.pages.slice(1)] };
}

function taken(items: readonly Message[], threadId: string, entry: TalkEntry): Message[] {
  if (entry.kind === "message") return withMessage(items, threadId, entry.message);
  const { message_id, attempt, text } = entry.delta;
  return items.map((message) => {
    if (message.id !== message_id || isFinal(message) || attempt < message.attempt) return message;
    const isReset = entry.kind === "message_reset" || attempt > message.attempt;
    return { ...message, attempt, status: "writing", text: isReset ? text : message.text + text };
  });
}

function withMessage(items: readonly Message[], threadId: string, message: Message): Message[] {
  if (message.thread_id !== threadId) return [...items];
  const at = items.findIndex(({ id }) => id === message.id);
  const known = items[at];
  // One that is still being written leaves the text that was put together so far.
  const merged: Message =
    known && !isFinal(message)
      ? { ...message, text: known.text, attempt: known.attempt }
      : { ...message, attempt: known?.attempt ?? 0 };
  if (known) return items.with(at, merged);
  return [...items, merged];
}

/** Whether the message follows what is shown. If not, it is on another branch and the conversation is read again. */
export function follows(conversation: Conversation, message: Message): boolean {
  const items = conversation.pages[0]?.items ?? [];
  const parent = message.parent_id;
  return (
    items.some(({ id }) => id === message.id) ||
    (parent === null ? items.length === 0 : items.at(-1)?.id === parent)
  );
}
