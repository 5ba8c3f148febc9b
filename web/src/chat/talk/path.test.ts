import { expect, test } from "vitest";

import type { Message } from "~/api/types";

import { pathOf } from "./path";

const message = (id: string, parent_id: string | null, role: Message["role"]) =>
  ({ id, parent_id, role }) as Message;
const ids = (messages: readonly Message[]): string => messages.map(({ id }) => id).join(" ");

test("what belongs to another branch is left out", () => {
  const path = [message("q2", null, "user"), message("a2", "q2", "assistant")];
  const strays = [message("a1", "q1", "assistant"), message("q1", null, "user")];
  expect(ids(pathOf([...path, ...strays]))).toBe("q2 a2");
});

test("several agents answer one message", () => {
  const path = [message("q", "x", "user"), message("a", "q", "assistant"), message("b", "q", "assistant")];
  expect(ids(pathOf([...path, message("q2", "b", "user")]))).toBe("q a b q2");
});

test("another question in the same place is another branch", () => {
  const path = [message("a", null, "assistant"), message("q", "a", "user"), message("b", "q", "assistant")];
  expect(ids(pathOf([...path, message("q2", "a", "user")]))).toBe("a q b");
});
