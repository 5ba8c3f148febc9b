import { describe, expect, it } from "vitest";

import { isOn } from "./features";

describe("features", () => {
  const told: { org_id: string; flags: Record<string, boolean> }[] = [
    { org_id: "bank", flags: { compose_runs: true, other: false } },
    { org_id: "advisor", flags: { compose_runs: false } },
  ];

  it("are on by organisation", () => {
    expect(isOn(told, "bank", "compose_runs")).toBe(true);
    expect(isOn(told, "bank", "other")).toBe(false);
    expect(isOn(told, "advisor", "compose_runs")).toBe(false);
  });

  it("are off where nothing is said of them", () => {
    expect(isOn(told, "bank", "unheard_of")).toBe(false);
    expect(isOn(told, "elsewhere", "compose_runs")).toBe(false);
    expect(isOn([], "bank", "compose_runs")).toBe(false);
  });
});
