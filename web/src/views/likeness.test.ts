import { expect, test } from "vitest";

import { slide } from "~/lib/testing/samples";

import { read, speakingTo, wordsOf } from "./likeness";

const said = (id: string, text: string) =>
  slide(id, { title: text, components: [{ type: "text", id: "c", text, sources: [] }] });

const ALL = read([
  said("cash", "Little fixed capital: cash generation of $92 million"),
  said("growth", "Growing in EIMEA and Asia-Pacific"),
  said("people", "The management team"),
]);

test("forms of a word are near, common words do not count, figures are whole", () => {
  expect(wordsOf("The growth of growing sales, 9.9%")).toEqual(new Set(["growth", "growin", "sale", "9.9%"]));
});

test("a slide speaks to a point when it has most of its words", () => {
  expect(speakingTo("Cash generation", ALL).map(({ id }) => id)).toEqual(["cash"]);
  expect(speakingTo("Dependence on key people", ALL)).toEqual([]);
  expect(speakingTo("of the", ALL)).toEqual([]);
});
