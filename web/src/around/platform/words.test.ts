import { expect, it } from "vitest";

import { possible, rampInWords, stepName, took, versionName } from "./words";

it("names steps, also those that are taken back", () => {
  expect(stepName("promote")).toBe("Give them new work");
  expect(stepName("undo_promote")).toBe("Take back: give them new work");
  expect(stepName("some_day")).toBe("some day");
});

it("names versions by their build", () => {
  const version = {
    id: "v",
    build_id: "1.4.0",
    name: "Autumn",
    notes: "",
    created_at: "",
    created_by: null,
    retired_at: null,
  };
  expect(versionName([version], "v")).toBe("1.4.0 (Autumn)");
  expect(versionName([{ ...version, name: "" }], "v")).toBe("1.4.0");
  expect(versionName([], "0123456789")).toBe("version 01234567");
  expect(versionName([], null)).toBe("none");
});

it("offers a way back only where something serves", () => {
  expect(possible({ status: "serving" })).toContain("roll_back");
  expect(possible({ status: "new" })).not.toContain("roll_back");
  expect(possible({ status: "archived" })).toEqual([]);
});

it("says how long something took, or takes so far", () => {
  expect(took("2026-11-21T12:00:00Z", "2026-11-21T12:02:05Z", 0)).toBe("2 min 5 s");
  expect(took("2026-11-21T12:00:00Z", null, Date.parse("2026-11-21T12:00:09Z"))).toBe("9 s");
});

it("says by which shares a version takes over", () => {
  const ramp = [
    { percent: 10, seconds: 120 },
    { percent: 50, seconds: 45 },
  ];
  expect(rampInWords(ramp)).toBe("10% for 2 min, 50% for 45 s, then all of it");
});
