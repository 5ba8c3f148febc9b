import { expect, it } from "vitest";

import { becameOf } from "./invitations";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const made = { used_at: null, revoked_at: null, expires_at: "2026-11-28T12:00:00Z" };

it("says what became of an invitation", () => {
  expect(becameOf(made, NOW)).toEqual({ word: "Open until 28 Nov", tone: "wait", isOpen: true });
  expect(becameOf({ ...made, expires_at: "2026-11-20T12:00:00Z" }, NOW).word).toBe("Over since 20 Nov");
  expect(becameOf({ ...made, revoked_at: "2026-11-20T12:00:00Z" }, NOW)).toMatchObject({ isOpen: false });
  expect(becameOf({ ...made, used_at: "2026-11-20T12:00:00Z" }, NOW).word).toBe("Accepted 20 Nov");
});
