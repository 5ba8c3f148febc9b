/** Slides with everything that an export lays out: each component alone, beside another, long, and with its sources. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { SlideDraft } from "../../src/api/types";
import {
  bullets,
  chart,
  type Component,
  metric,
  quote,
  type Reference,
  slideOf,
  slidesOfEveryKind,
  table,
  text,
} from "./slides";
import { type SignedIn, URL } from "./stack";

const IMAGES = join(import.meta.dirname, "../../../docs/images");

async function picture(person: SignedIn, cimId: string): Promise<string> {
  const body = new FormData();
  body.append("file", new Blob([readFileSync(join(IMAGES, "slide.png"))]), "slide.png");
  const answer = await fetch(`${URL}/cims/${cimId}/images`, {
    method: "POST",
    headers: { authorization: `Bearer ${person.accessToken}` },
    body,
  });
  if (!answer.ok) throw new Error(`The picture was refused: ${await answer.text()}`);
  return ((await answer.json()) as { blob_sha256: string }).blob_sha256;
}

const LONG =
  "The brand is known to nine of ten households in its home market, and to six of ten in the five markets that it entered last.";

/** All belong to the section s1; the first is the cover of the book. */
export async function exportable(person: SignedIn, cimId: string, sourceId: string): Promise<SlideDraft[]> {
  const blob = await picture(person, cimId);
  const from = (locator: string, anchor?: string): Reference => ({
    source_id: sourceId,
    locator,
    ...(anchor ? { anchor } : {}),
  });
  const image = (sources: Reference[] = []): Component => ({
    type: "image",
    id: "image",
    blob_id: blob,
    alt: "A slide",
    sources,
  });
  const sourced = <C extends Component>(component: C, ...sources: Reference[]): C => ({
    ...component,
    sources,
  });
  const slide = (id: string, layout: SlideDraft["layout_type"], title: string, ...components: Component[]) =>
    slideOf(id, "s1", layout, title, components);
  const wide: Component = {
    ...table("wide"),
    type: "table",
    columns: ["Million USD", "What it is made of", "FY2022", "FY2023", "FY2024"],
    rows: [
      ["Americas", "United States, Canada and Latin America", 182.1, 194.5, 201],
      ["EIMEA", LONG, 1167.3, 184.9, 191.25],
      ["Total", null, 1349.4, 379.4, 392.25],
    ],
    sources: [from("paragraph 3", "r0c2"), from("paragraph 4", "r1c3"), from("paragraph 5")],
  };
  return [
    slide(
      "e-cover",
      "title",
      "Project Alder",
      text("A leader in its field\nFor the use of its addressee alone"),
    ),
    ...slidesOfEveryKind("s1"),
    slide(
      "e-words",
      "text",
      "Words in paragraphs",
      sourced(text(`${LONG}\n\n${LONG} ${LONG}\nThe last one.`), from("paragraph 1")),
    ),
    slide(
      "e-title",
      "bullets",
      "A title that says so much about the business, its markets and the years ahead of it that one line cannot hold all of its words",
      sourced(
        bullets([LONG, "Short", `${LONG} ${LONG}`]),
        from("paragraph 1", "i0"),
        from("paragraph 2"),
        from("paragraph 6", "i2"),
      ),
      text("What follows from it."),
    ),
    slide("e-table", "table", "A table with words and sources", wide),
    slide("e-tables", "two_columns", "Tables side by side", table("left"), table("right")),
    slide(
      "e-beside",
      "chart",
      "A chart beside words",
      sourced(chart("line"), from("paragraph 1"), from("paragraph 2", "s0p1")),
      bullets(["Up", LONG]),
    ),
    slide("e-pie", "chart", "Shares", chart("pie")),
    slide(
      "e-stack",
      "chart",
      "Two charts",
      {
        ...chart("stacked_bar", "one"),
        type: "chart",
        series: [
          { name: "A", values: [1, 2, 3] },
          { name: "B", values: [2, 3, 4] },
        ],
      } as Component,
      chart("bar", "two"),
    ),
    slide(
      "e-metrics",
      "metrics",
      "Seven figures",
      metric("Net sales", 219.4, "m1", [from("paragraph 1")]),
      metric("A label that is long enough to need more than one line of its tile", 1234567.89, "m2"),
      { ...metric("Share of repeat buyers", 83, "m3"), type: "metric", unit: "percent" } as Component,
      metric("Countries", 176, "m4"),
      metric("Employees", 644, "m5"),
      metric("Plants", 7, "m6"),
      metric("Patents", 31, "m7"),
      text("As reported."),
    ),
    slide(
      "e-quote",
      "quote",
      "A long quotation",
      sourced({ ...quote(), type: "quote", text: `${LONG} ${LONG}` } as Component, from("paragraph 7")),
      text("Said in the interview."),
    ),
    slide("e-image", "image", "A picture", image([from("paragraph 8")])),
    slide("e-picture", "image", "A picture beside words", image(), bullets(["What it shows", LONG])),
    slide(
      "e-full",
      "text",
      "A page that is full",
      text(Array.from({ length: 6 }, () => `${LONG} ${LONG}`).join("\n")),
    ),
  ];
}
