import { describe, expect, it } from "vitest";

import type { Message } from "~/api/types";

import { message } from "../testing/samples";
import { type Conversation, follows, type NumberedEntry, talkOf, withEntries } from "./talk";

const conversation = (items: Message[], cursor = "3.10"): Conversation => ({
  pages: [{ items, next_cursor: null, stream_cursor: cursor }],
  pageParams: [null],
});

const delta = (n: number | null, text: string, attempt = 0): NumberedEntry => ({
  n,
  entry: { kind: "delta", delta: { message_id: "a", attempt, text } },
});

const text = (found: Conversation): string | undefined =>
  found.pages[0]?.items.find(({ id }) => id === "a")?.text;

describe("a message that is being written", () => {
  const writing = conversation([message("a", { status: "writing", text: "Net" })]);

  it("grows by each delta, once", () => {
    const grown = withEntries(writing, "main", [delta(11, " sales"), delta(12, " grew")]);
    expect(text(grown)).toBe("Net sales grew");
    expect(talkOf(grown)).toBe(12);
    expect(withEntries(grown, "main", [delta(11, " sales"), delta(12, " grew")])).toBe(grown);
  });

  it("holds already what comes before the cursor it was read with", () => {
    expect(withEntries(writing, "main", [delta(9, "x"), delta(10, "y")])).toBe(writing);
  });

  it("begins anew with another attempt, and ignores the one given up", () => {
    const reset: NumberedEntry = {
      n: 11,
      entry: { kind: "message_reset", delta: { message_id: "a", attempt: 1, text: "Sales" } },
    };
    const anew = withEntries(writing, "main", [reset, delta(12, " late", 0), delta(13, " grew", 1)]);
    expect(text(anew)).toBe("Sales grew");
  });

  it("keeps its text when news of it come that are not final", () => {
    const news: NumberedEntry = {
      n: 11,
      entry: { kind: "message", message: message("a", { status: "writing", text: "" }) },
    };
    expect(text(withEntries(writing, "main", [news]))).toBe("Net");
  });

  it("reads as its final form says, and no later delta changes it", () => {
    const final: NumberedEntry = {
      n: 11,
      entry: { kind: "message", message: message("a", { text: "Done." }) },
    };
    expect(text(withEntries(writing, "main", [final, delta(12, " more")]))).toBe("Done.");
  });
});

describe("a new message", () => {
  it("joins the end of its thread, and no other", () => {
    const entry: NumberedEntry = {
      n: 11,
      entry: { kind: "message", message: message("b", { parent_id: "a" }) },
    };
    const before = conversation([message("a")]);
    expect(withEntries(before, "main", [entry]).pages[0]?.items.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(withEntries(before, "other", [entry]).pages[0]?.items.map(({ id }) => id)).toEqual(["a"]);
  });

  it("follows the last one, or is of another branch", () => {
    const before = conversation([message("a"), message("b", { parent_id: "a" })]);
    expect(follows(before, message("c", { parent_id: "b" }))).toBe(true);
    expect(follows(before, message("b2", { parent_id: "a" }))).toBe(false);
  });
});
