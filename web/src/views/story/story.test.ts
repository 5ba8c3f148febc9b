import { expect, test } from "vitest";

import { slide } from "~/lib/testing/samples";

import { pointsOf, storyOf, yearsIn } from "./story";

const HERO = {
  selected_hero: "Reach",
  investment_thesis: {
    asset: "The brand is known everywhere. The formula is secret",
    timing: "Sales grew to $590.6 million in FY2024",
    opportunity: "",
  },
};

const section = (id: string, title: string) => ({
  id,
  title,
  description: "",
  progress: { draft: 0, needs_review: 0, approved: 0 },
});

const said = (id: string, section_id: string, text: string) =>
  slide(id, { section_id, title: text, components: [{ type: "text", id: "c", text, sources: [] }] });

test("a thesis is cut into its points", () => {
  expect(pointsOf(HERO).map(({ part, text }) => `${part}: ${text}`)).toEqual([
    "hero: Reach",
    "asset: The brand is known everywhere.",
    "asset: The formula is secret",
    "timing: Sales grew to $590.6 million in FY2024",
  ]);
  expect(yearsIn("From 2021 to FY2024, 176 countries")).toEqual(["FY2021", "FY2024"]);
});

test("holes: points without slides or figures, sections without points or slides, parts that are not there", () => {
  const sections = [
    section("a", "Company"),
    section("b", "Sales"),
    section("c", "Risks"),
    section("d", "People"),
  ];
  const slides = [
    said("1", "a", "The brand is known everywhere"),
    said("2", "b", "Sales grew to $590.6 million in FY2024"),
    said("3", "c", "Input costs"),
  ];
  const story = storyOf(HERO, sections, slides);
  expect(story.years).toEqual(["FY2024"]);
  expect(story.points.map((point) => point.slides.map(({ id }) => id).join())).toEqual(["", "1", "", "2"]);
  expect(story.holes.map(({ words }) => words)).toEqual([
    "No slide carries Hero: “Reach”",
    "No figure bears out Asset: “The brand is known everywhere.”",
    "No slide carries Asset: “The formula is secret”",
    "The thesis says nothing about Opportunity.",
    "Risks carries no point of the thesis.",
    "People has no slides yet.",
  ]);
});
