import { expect, test } from "vitest";

import { added, moved, planOf, withItems } from "./plan";

const plan = planOf({
  notes: ["n"],
  sections: [
    {
      section_id: "s",
      title: "Financials",
      messages: ["m"],
      items: [
        { topic: "a", title: "A", kind: "chart", figures: [{ fact_id: "f" }] },
        { topic: "b", title: "B", kind: "words" },
      ],
    },
  ],
});

test("what the card does not show stays", () => {
  expect(plan.sections[0]).toMatchObject({ messages: ["m"] });
  expect(plan.sections[0]?.items[0]).toMatchObject({ figures: [{ fact_id: "f" }] });
});

test("slides are moved, added and taken out", () => {
  const items = plan.sections[0]?.items ?? [];
  expect(moved(items, 0, 1).map(({ topic }) => topic)).toEqual(["b", "a"]);
  expect(moved(items, 0, -1).map(({ topic }) => topic)).toEqual(["a", "b"]);
  expect(added(items, "New").at(-1)).toMatchObject({ topic: "added-3", title: "New" });
  expect(withItems(plan, "s", () => []).sections[0]?.items).toEqual([]);
});
