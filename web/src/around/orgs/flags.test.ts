import { expect, it } from "vitest";

import { inForce, reach } from "./flags";

const setting = { key: "a", org_id: "o", enabled: true, percent: 25, unit: "person" as const, rules: [] };
const forAll = { ...setting, org_id: null, percent: 100 };

it("lets the organisation say more than what is set for all, but for the kill switch", () => {
  expect(inForce("a", [forAll, setting])).toEqual({ setting, from: "organisation" });
  expect(inForce("a", [forAll])).toEqual({ setting: forAll, from: "all" });
  expect(inForce("b", [forAll, setting]).from).toBe("product");
  const off = { ...forAll, enabled: false };
  expect(inForce("a", [off, setting])).toEqual({ setting: off, from: "all" });
});

it("says whom a flag reaches", () => {
  const words = (change: object): string => reach({ default: true }, { ...setting, ...change }).words;
  expect(reach({ default: true }, undefined).words).toBe("On for everybody.");
  expect(reach({ default: false }, undefined)).toEqual({ words: "Off for everybody.", isOff: true });
  expect(words({})).toBe("On for 25% of people.");
  expect(words({ percent: 100 })).toBe("On for everybody.");
  expect(words({ percent: 0 })).toBe("Off for everybody.");
  expect(words({ enabled: false })).toBe("Switched off for everybody.");
  const rules = [{ person_ids: ["x"], team_ids: ["t", "u"], percent: 100 }];
  expect(words({ rules, percent: 0 })).toBe("On for 2 teams and 1 person.");
  expect(words({ rules, unit: "team" })).toBe("On for 2 teams and 1 person, then 25% of teams.");
});
