import { expect, it } from "vitest";

import { actionInWords, filterOf, inWords, partyOf } from "./words";

it("says whom and what an entry is about, also where it is not as expected", () => {
  const names = new Map([["p1", "Priya Raman"]]);
  expect(inWords(partyOf({ id: "p1", kind: "user" }), names)).toBe("Priya Raman");
  expect(inWords(partyOf({ id: "01a1fea7-537c-740a-9b99-439428a26812", kind: "cim" }), names)).toBe(
    "book …a26812",
  );
  expect(inWords(partyOf(null), names)).toBe("unknown");
  expect(inWords(partyOf("system"), names)).toBe("system");
  expect(actionInWords("deployment.start_workers")).toBe("Workers started");
  expect(actionInWords("cim.create")).toBe("Book created");
  expect(actionInWords("session.begin")).toBe("Signed in");
  expect(actionInWords("cim.save_buyer_persona")).toBe("Buyer persona saved");
  expect(actionInWords("fleet.wobble_about")).toBe("Fleet wobble about");
});

it("asks only for what the API understands", () => {
  expect(filterOf({ action: "cim", target: "  " })).toEqual({});
  expect(filterOf({ action: "cim.", target: " x " })).toEqual({ action: "cim.", target: "x" });
});

it("counts the last day whole", () => {
  const { since = "", until = "" } = filterOf({ since: "2026-11-20", until: "2026-11-20" });
  expect(Date.parse(until) - Date.parse(since)).toBe(24 * 60 * 60_000);
});
