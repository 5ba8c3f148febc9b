import { expect, it } from "vitest";

import {
  people,
  type PresenceNotice,
  type Present,
  SILENT_MS,
  stillHere,
  withNotice,
  withThere,
} from "./presence";

const notice = (person: string, page: string, more: Partial<PresenceNotice> = {}): PresenceNotice => ({
  person_id: person,
  email: `${person}@example.com`,
  page_id: page,
  place: { view: "book" },
  what: "here",
  at: "",
  ...more,
});

const hear = (...heard: [PresenceNotice, number][]): readonly Present[] =>
  heard.reduce<readonly Present[]>((known, [one, at]) => withNotice(known, one, at), []);

it("knows each person once, where they were last", () => {
  const known = hear(
    [notice("a", "1"), 10],
    [notice("b", "2"), 20],
    [notice("a", "3", { place: { view: "map" } }), 30],
  );
  expect(people(known).map(({ personId, place }) => [personId, place.view])).toEqual([
    ["a", "map"],
    ["b", "book"],
  ]);
});

it("forgets a page that left, at once", () => {
  expect(people(hear([notice("a", "1"), 10], [notice("a", "1", { what: "left" }), 20]))).toEqual([]);
});

it("does not take a page back that left when an older word of it comes late, but when it arrives again", () => {
  const left = hear([notice("a", "1"), 10], [notice("a", "1", { what: "left" }), 20]);
  expect(people(withNotice(left, notice("a", "1"), 30))).toEqual([]);
  expect(people(withNotice(left, notice("a", "1", { what: "arrived" }), 30))).toHaveLength(1);
});

it("forgets who was silent for two minutes", () => {
  const known = hear([notice("a", "1"), 0], [notice("b", "2"), 60_000]);
  expect(stillHere(known, SILENT_MS - 1)).toBe(known);
  expect(stillHere(known, SILENT_MS).map(({ personId }) => personId)).toEqual(["b"]);
});

it("knows those who were there before, unless they told something themselves since", () => {
  const at = new Date(1_000_000).toISOString();
  const page = (id: string, view: string) => ({ ...notice(id, `p-${id}`), place: { view }, at });
  const known = hear(
    [notice("a", "p-a", { place: { view: "map" } }), 10],
    [notice("b", "p-b", { what: "left" }), 20],
  );
  const all = withThere(known, [page("a", "book"), page("b", "book"), page("c", "story")], 60_000, 1_030_000);
  expect(people(all).map(({ personId, place }) => [personId, place.view])).toEqual([
    ["a", "map"],
    ["c", "story"],
  ]);
  // It had been silent for half a minute by then.
  expect(stillHere(all, SILENT_MS + 29_999).map(({ personId }) => personId)).toContain("c");
  expect(stillHere(all, SILENT_MS + 30_000).map(({ personId }) => personId)).not.toContain("c");
});
