/** What stands in the conversation, in order: messages, and requests of runs that no message answers. Pure. */
import type { Message, RequestView } from "~/api/types";

export type Item =
  | {
      is: "message";
      id: string;
      message: Message;
      asked: Message | undefined;
      requests: readonly RequestView[];
      isFirstOfRun: boolean;
    }
  | { is: "request"; id: string; request: RequestView };

export function itemsOf(messages: readonly Message[], requests: readonly RequestView[]): Item[] {
  const placed = new Set<string>();
  const runs = new Set<string>();
  const byId = new Map(messages.map((message) => [message.id, message]));
  const items = messages.map((message): Item => {
    const runId = message.role === "assistant" ? message.run_id : null;
    const isFirstOfRun = runId != null && !runs.has(runId);
    if (runId != null) runs.add(runId);
    const mine = requests.filter(
      (request) =>
        runId != null &&
        request.run_id === runId &&
        !placed.has(request.id) &&
        (!message.agent_id || request.agent_id === message.agent_id),
    );
    for (const { id } of mine) placed.add(id);
    const before = message.parent_id ? byId.get(message.parent_id) : undefined;
    const asked = before?.role === "user" ? before : undefined;
    return { is: "message", id: message.id, message, asked, requests: mine, isFirstOfRun };
  });
  const knownRuns = new Set(messages.map(({ run_id: runId }) => runId));
  const first = messages[0]?.created_at ?? "";
  for (const request of requests) {
    const { id, status, thread_id: threadId, run_id: runId, opened_at: at } = request;
    if (placed.has(id) || knownRuns.has(runId)) continue;
    const item: Item = { is: "request", id, request };
    if (status === "open") items.push(item);
    // Of a run outside the talk: it stands where it was asked. Others belong to messages that are not read.
    else if (threadId === "" && at >= first) items.splice(placeAt(items, at), 0, item);
  }
  return items;
}

function placeAt(items: readonly Item[], at: string): number {
  const after = items.findIndex((item) =>
    item.is === "message"
      ? item.message.created_at > at
      : item.request.status === "open" || item.request.opened_at > at,
  );
  return after < 0 ? items.length : after;
}
