import { expect, test } from "vitest";

import type { Message, RequestView } from "~/api/types";

import { itemsOf } from "./items";

const message = (id: string, role: Message["role"], run_id: string, minute: number, agent_id = "") =>
  ({ id, role, run_id, agent_id, parent_id: null, created_at: `2026-01-01T10:0${minute}:00Z` }) as Message;

const request = (id: string, run_id: string, minute: number, fields: Partial<RequestView> = {}) =>
  ({
    id,
    run_id,
    agent_id: "",
    status: "answered",
    thread_id: "",
    opened_at: `2026-01-01T10:0${minute}:30Z`,
    ...fields,
  }) as RequestView;

const ids = (messages: Message[], requests: RequestView[]): string =>
  itemsOf(messages, requests)
    .map(({ id }) => id)
    .join(" ");

const talk = [
  message("q1", "user", "r1", 1),
  message("a1", "assistant", "r1", 1),
  message("q2", "user", "r2", 5),
  message("a2", "assistant", "r2", 5),
];

test("a request stands in the answer of its run", () => {
  const items = itemsOf(talk, [request("x", "r1", 1, { thread_id: "main" })]);
  expect(items.map(({ id }) => id)).toEqual(["q1", "a1", "q2", "a2"]);
  expect(items[1]).toMatchObject({ requests: [{ id: "x" }] });
});

test("a closed plan stays where it was asked, an open one is at the end", () => {
  expect(ids(talk, [request("plan", "c1", 3), request("late", "c2", 8)])).toBe("q1 a1 plan q2 a2 late");
  expect(ids(talk, [request("open", "c1", 3, { status: "open" }), request("plan", "c0", 2)])).toBe(
    "q1 a1 plan q2 a2 open",
  );
  expect(ids([], [request("plan", "c1", 3), request("open", "c2", 4, { status: "open" })])).toBe("plan open");
});

test("closed ones of messages that are not read are left out", () => {
  expect(ids(talk, [request("old", "r0", 7, { thread_id: "main" }), request("older", "c0", 0)])).toBe(
    "q1 a1 q2 a2",
  );
});
