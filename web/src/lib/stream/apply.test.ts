import { describe, expect, it } from "vitest";

import { event } from "../testing/samples";
import { toRead } from "./apply";

describe("what events ask to be read", () => {
  it("is the slide that was saved, and the head", () => {
    const wanted = toRead("b", [event("slide_saved", { slide_id: "x" })]);
    expect(wanted).toMatchObject({ head: true, slides: ["x"], removed: [] });
  });

  it("is every slide once, when many or unnamed ones changed", () => {
    expect(toRead("b", [event("slides_marked_stale")]).slides).toBe("all");
    const many = ["1", "2", "3", "4", "5"].map((id) => event("slide_saved", { slide_id: id }));
    expect(toRead("b", many).slides).toBe("all");
  });

  it("is nothing of a slide that was removed after it was saved", () => {
    const events = [event("slide_saved", { slide_id: "x" }), event("slide_removed", { slide_id: "x" })];
    expect(toRead("b", events)).toMatchObject({ slides: "none", removed: ["x"] });
  });

  it("leaves the head alone where only a tool was called", () => {
    const wanted = toRead("b", [event("tool_called")]);
    expect(wanted.head).toBe(false);
    expect(wanted.keys).toContainEqual(["books", "b", "tool-calls"]);
  });

  it("names each list once", () => {
    const wanted = toRead("b", [event("request_opened"), event("request_answered")]);
    expect(wanted.keys.filter((key) => key[2] === "requests")).toHaveLength(1);
  });
});
