/** Slides in the workspace against the deck that is exported from them: the same parts, words, order, places and sizes. */
import type { Page } from "@playwright/test";

import type { SlideDraft } from "../src/api/types";
import { type Part, partsOf, shapesOf } from "./support/deck";
import { withDocuments } from "./support/documents";
import { exportable } from "./support/exportable";
import { send, type SignedIn, signedInAs, writtenBook } from "./support/stack";
import { mark } from "./support/talk";
import { expect, test } from "./support/test";

/** In points, on 960 × 540: below a hundredth of the page. */
const NEAR = 5;
/** What the deck has beside the parts of a slide, or numbers otherwise than the workspace: pages, not slides. */
const LEFT_OUT = new Set(["Rule", "Page number"]);
/** How tall a text is differs where typefaces count their lines; where the next part begins does not. */
const NOT_AS_TALL = new Set(["Title", "Section number", "Confidential", "Footer", "Status", "Description"]);
/** These are as wide as their words in the workspace. */
const NOT_AS_WIDE = new Set(["Section number", "Confidential", "Footer", "Status", "Description"]);

/** Those with parts that are made anew to be written in. */
const EDITED = new Set([
  "e-cover",
  "e-words",
  "e-title",
  "e-table",
  "e-metrics",
  "e-picture",
  "k-quote",
  "k-section",
]);

const words = (text: string): string => text.replace(/\s+/g, "");

function differences(shown: Part, exported: Part, isCover: boolean): string[] {
  const found: string[] = [];
  const hold = (what: string, one: unknown, other: unknown): void => {
    if (JSON.stringify(one) !== JSON.stringify(other))
      found.push(`${what}: ${JSON.stringify(one)}, exported ${JSON.stringify(other)}`);
  };
  const near = (what: string, one: number, other: number, by = NEAR): void => {
    if (Math.abs(one - other) > by) found.push(`${what}: ${one.toFixed(1)}, exported ${other.toFixed(1)}`);
  };
  hold("part", shown.name, exported.name.replace("Description", "Text"));
  hold("words", shown.lines.map(words), exported.lines.map(words));
  if (exported.name !== "Status") near("x", shown.x, exported.x);
  near("y", shown.y, exported.y);
  if (!NOT_AS_WIDE.has(exported.name)) near("width", shown.w, exported.w);
  if (!NOT_AS_TALL.has(exported.name) && !isCover) near("height", shown.h, exported.h);
  shown.sizes.forEach((size, at) => near(`size of line ${at + 1}`, size, exported.sizes[at] ?? 0, 0.6));
  hold(
    "rows",
    shown.table?.rows.map((row) => row.map(words)),
    exported.table?.rows.map((row) => row.map(words)),
  );
  hold("alignment", shown.table?.aligned, exported.table?.aligned);
  exported.table?.widths.forEach((wide, at) => near(`column ${at + 1}`, shown.table?.widths[at] ?? 0, wide));
  exported.table?.heights.forEach((tall, at) =>
    near(`row ${at + 1}`, shown.table?.heights[at] ?? 0, tall, 2),
  );
  return found.map((each) => `${exported.name} (${exported.lines[0]?.slice(0, 30) ?? ""}): ${each}`);
}

function compared(title: string, shown: readonly Part[], deck: readonly (readonly Part[])[]): string[] {
  const exported = deck.find(
    (page) => words(page.find(({ name }) => name === "Title")?.lines[0] ?? "") === words(title),
  );
  if (!exported) return [`${title}: is no page of the deck`];
  const kept = exported.filter(({ name }) => !LEFT_OUT.has(name));
  const names = kept.map(({ name }) => name.replace("Description", "Text")).join();
  const isCover = kept.some(({ name }) => name === "Confidential");
  const here = shown.map(({ name }) => name).join();
  if (names !== here) return [`${title}: ${here}, exported ${names}`];
  return kept
    .flatMap((part, at) => differences(shown[at] ?? part, part, isCover))
    .map((each) => `${title}: ${each}`);
}

const titleOf = (parts: readonly Part[]): string =>
  parts.find(({ name }) => name === "Title")?.lines[0] ?? "";

/** All of them are drawn, however far they are, with their typefaces and pictures. */
async function allDrawn(page: Page, count: number): Promise<void> {
  await expect(page.locator("[data-page]").first()).toBeVisible();
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await expect(page.locator("[data-page]")).toHaveCount(count);
  await expect(page.locator("img[data-part=Image]")).toHaveCount(2);
  await page.evaluate(async () => document.fonts.ready);
}

interface Written {
  lead: SignedIn;
  cimId: string;
  slides: readonly SlideDraft[];
}

async function everything(): Promise<Written> {
  const lead = await signedInAs("lead");
  const { id } = await writtenBook(lead, `As exported ${mark()}`, 1, 0);
  const [source] = await withDocuments(lead, id, "management_interview.md");
  const slides = await exportable(lead, id, source?.id ?? "");
  await send(lead, id, ...slides.map((slide) => ({ type: "save_slide" as const, slide })));
  return { lead, cimId: id, slides };
}

async function faultsOn(page: Page, deck: readonly (readonly Part[])[]): Promise<string[]> {
  const faults: string[] = [];
  for (const each of await page.locator("[data-page]").all()) {
    await each.scrollIntoViewIfNeeded();
    const parts = await partsOf(each);
    const goesOn = deck.some(
      (exported) => words(titleOf(exported)) === words(`${titleOf(parts)} (continued)`),
    );
    await expect(each.getByText("on the next page when exported")).toHaveCount(goesOn ? 1 : 0);
    if (goesOn) continue;
    faults.push(...compared(titleOf(parts), parts, deck));
  }
  return faults;
}

test("slides read as they are exported: parts, words, order, places and sizes", async ({ as }) => {
  test.setTimeout(180_000);
  const { lead, cimId, slides } = await everything();
  const { page } = await as("viewer");
  await page.goto(`/app/books/${cimId}/stages/building_sections`);
  await allDrawn(page, slides.length);
  expect(await faultsOn(page, await shapesOf(lead, cimId))).toEqual([]);

  // What needs review says so on its page, and has less room for it.
  await send(lead, cimId, { type: "navigate", target_stage: "buyer_persona" });
  await expect(page.locator("[data-part='Needs review']")).toHaveCount(slides.length);
  expect(await faultsOn(page, await shapesOf(lead, cimId))).toEqual([]);
});

test("slides are edited as they are exported", async ({ as }) => {
  test.setTimeout(180_000);
  const { lead, cimId, slides } = await everything();
  const deck = await shapesOf(lead, cimId);
  const { page } = await as("lead");
  const faults: string[] = [];
  for (const { id, title } of slides.filter((slide) => EDITED.has(slide.id ?? ""))) {
    await page.goto(`/app/books/${cimId}/slides/${id ?? ""}`);
    await expect(page.getByRole("article", { name: title, exact: true })).toBeVisible();
    for (const image of await page.locator("[data-part=Image]").all())
      await expect(image).not.toHaveJSProperty("naturalWidth", 0);
    await page.evaluate(async () => document.fonts.ready);
    faults.push(...(await faultsOn(page, deck)));
  }
  expect(faults).toEqual([]);
});
