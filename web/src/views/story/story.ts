/** The thesis as points, the sections and years that carry them, and what is missing. Pure. */
import type { components } from "~/api/schema";
import type { Section, Slide } from "~/api/types";

import { type Read, read, speakingTo, textOf } from "../likeness";

export type Part = "hero" | "asset" | "timing" | "opportunity";

export const PART_NAMES: Record<Part, string> = {
  hero: "Hero",
  asset: "Asset",
  timing: "Timing",
  opportunity: "Opportunity",
};

export interface Point {
  part: Part;
  text: string;
  slides: readonly Slide[];
}

export interface Hole {
  key: string;
  words: string;
  sectionId?: string;
  point?: string;
}

export interface Story {
  points: readonly Point[];
  /** Years in order, as "FY2024". */
  years: readonly string[];
  holes: readonly Hole[];
}

type Hero = components["schemas"]["HeroContext"];

const YEAR = /\b(?:FY|CY)?\s?((?:19|20)\d\d)\b/gi;
const FIGURE = /\d/;

export function pointsOf({ selected_hero, investment_thesis: thesis }: Hero): Omit<Point, "slides">[] {
  const said: readonly [Part, string][] = [
    ["hero", selected_hero],
    ["asset", thesis.asset],
    ["timing", thesis.timing],
    ["opportunity", thesis.opportunity],
  ];
  return said.flatMap(([part, text]) => sentences(text).map((sentence) => ({ part, text: sentence })));
}

function sentences(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+(?=\p{Lu})|;\s+|\n+/u)
    .map((one) => one.trim())
    .filter(Boolean);
}

export function yearsIn(text: string): string[] {
  return [...new Set([...text.matchAll(YEAR)].map((found) => `FY${found[1] ?? ""}`))].sort();
}

/** Years of a point: its own, and those of the slides that carry it. */
export function yearsOf({ text, slides }: Point): string[] {
  return [...new Set([text, ...slides.map(textOf)].flatMap(yearsIn))].sort();
}

/** Years are no figures. */
function hasFigure(slide: Slide): boolean {
  return (
    slide.components.some(({ type }) => type === "table" || type === "chart" || type === "metric") ||
    FIGURE.test(textOf(slide).replace(YEAR, ""))
  );
}

export function storyOf(hero: Hero, sections: readonly Section[], slides: readonly Slide[]): Story {
  const all: Read[] = read(slides);
  const points = pointsOf(hero).map((point) => ({ ...point, slides: speakingTo(point.text, all) }));
  const carried = new Set(points.flatMap((point) => point.slides.map(({ section_id }) => section_id)));
  const holes: Hole[] = [
    ...points.flatMap(({ part, text, slides: found }): Hole[] => {
      const name = `${PART_NAMES[part]}: “${text}”`;
      if (found.length === 0)
        return [{ key: `point ${text}`, words: `No slide carries ${name}`, point: text }];
      if (!found.some(hasFigure))
        return [{ key: `figure ${text}`, words: `No figure bears out ${name}`, point: text }];
      return [];
    }),
    ...(["asset", "timing", "opportunity"] as const)
      .filter((part) => !points.some((point) => point.part === part))
      .map((part) => ({ key: `part ${part}`, words: `The thesis says nothing about ${PART_NAMES[part]}.` })),
    ...sections.flatMap(({ id, title }): Hole[] => {
      if (!slides.some(({ section_id }) => section_id === id))
        return [{ key: `empty ${id}`, words: `${title} has no slides yet.`, sectionId: id }];
      if (!carried.has(id))
        return [{ key: `section ${id}`, words: `${title} carries no point of the thesis.`, sectionId: id }];
      return [];
    }),
  ];
  return { points, years: [...new Set(points.flatMap(yearsOf))].sort(), holes };
}
