import { describe, expect, it } from "vitest";

import { EventParser } from "./sse";

describe("EventParser", () => {
  const stream =
    ': connected\n\nid: 3.7\nevent: delta\ndata: {"text":"a"}\n\nevent: run\ndata: one\ndata: two\n\n';

  it("gives each event once it is whole", () => {
    expect(new EventParser().push(stream)).toEqual([
      { id: "3.7", event: "delta", data: '{"text":"a"}' },
      { id: null, event: "run", data: "one\ntwo" },
    ]);
  });

  it("does so wherever the pieces are cut", () => {
    const whole = new EventParser().push(stream);
    for (let cut = 1; cut < stream.length; cut += 1) {
      const parser = new EventParser();
      expect([...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))]).toEqual(whole);
    }
  });

  it("takes every kind of line end, cut in the middle as well", () => {
    const parser = new EventParser();
    expect(parser.push("data: x\r")).toEqual([]);
    expect(parser.push("\n\r\n")).toEqual([{ id: null, event: "message", data: "x" }]);
  });

  it("says nothing about pings", () => {
    expect(new EventParser().push(": ping\n\n: ping\n\n")).toEqual([]);
  });
});
