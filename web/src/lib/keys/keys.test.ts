import { describe, expect, it, vi } from "vitest";

import type { Action } from "./actions";
import { nameOf, type Pressed, read } from "./keys";

const action = (keys: string, more: Partial<Action> = {}): Action => ({
  id: keys,
  title: keys,
  group: "",
  keys,
  run: vi.fn(),
  ...more,
});

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  mod: false,
  shift: false,
  alt: false,
  isTyping: false,
  ...more,
});

describe("the name of a press", () => {
  it("tells of shift only where the key does not", () => {
    expect(nameOf(press("?", { shift: true }))).toBe("?");
    expect(nameOf(press("K", { shift: true, mod: true }))).toBe("mod+shift+k");
    expect(nameOf(press("ArrowUp", { shift: true }))).toBe("shift+ArrowUp");
  });
});

describe("what a press means", () => {
  const offered = [action("j"), action("g b"), action("g l"), action("mod+k", { whileTyping: true })];

  it("is the action of the key", () => {
    expect(read(offered, press("j"), "").action?.keys).toBe("j");
  });

  it("may need a second key", () => {
    const first = read(offered, press("g"), "");
    expect(first).toEqual({ action: null, pending: "g" });
    expect(read(offered, press("b"), first.pending).action?.keys).toBe("g b");
    expect(read(offered, press("j"), first.pending).action?.keys).toBe("j");
    expect(read(offered, press("x"), first.pending)).toEqual({ action: null, pending: "" });
  });

  it("is nothing while somebody types, but for what says otherwise", () => {
    expect(read(offered, press("j", { isTyping: true }), "").action).toBeNull();
    expect(read(offered, press("k", { mod: true, isTyping: true }), "").action?.keys).toBe("mod+k");
  });

  it("is the latest offer where two want the same key", () => {
    const latest = action("j", { id: "later" });
    expect(read([...offered, latest], press("j"), "").action).toBe(latest);
  });
});
