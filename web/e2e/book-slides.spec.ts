/** Slides, edited in place; where their figures come from; their order, approval, comments and history. */
import type { Locator, Page } from "@playwright/test";

import type { Slide } from "../src/api/types";
import { withDocuments } from "./support/documents";
import { chart, metric, slideOf, slidesOfEveryKind } from "./support/slides";
import { apiAs, readBook, send, type SignedIn, writtenBook } from "./support/stack";
import { expect, expectAccessible, test } from "./support/test";

const mark = (): string => Math.random().toString(36).slice(2, 8);

const tree = (page: Page) => page.getByRole("list", { name: "Sections and slides" });
const state = (page: Page) => page.getByRole("status", { name: "State of this slide" });
const paper = (page: Page) => page.locator("[data-slide] [data-page]");

async function readSlide(person: SignedIn, cimId: string, slideId: string): Promise<Slide> {
  const { data } = await apiAs(person).GET("/cims/{cim_id}/slides/{slide_id}", {
    params: { path: { cim_id: cimId, slide_id: slideId } },
  });
  if (!data) throw new Error("The slide cannot be read.");
  return data;
}

async function orderOf(person: SignedIn, cimId: string, sectionId: string): Promise<string[]> {
  const { data } = await apiAs(person).GET("/cims/{cim_id}/slides", { params: { path: { cim_id: cimId } } });
  return (data?.items ?? []).filter(({ section_id }) => section_id === sectionId).map(({ id }) => id);
}

/** Types over what stands there. */
async function write(field: Locator, words: string): Promise<void> {
  await field.click();
  await field.press("ControlOrMeta+a");
  await field.pressSequentially(words);
}

async function everyKind(person: SignedIn): Promise<string> {
  const book = await writtenBook(person, `Kinds ${mark()}`, 1, 1);
  const slides = slidesOfEveryKind("s1");
  await send(person, book.id, ...slides.map((slide) => ({ type: "save_slide" as const, slide })));
  return book.id;
}

test("every part of a slide is edited where it stands, and saved by itself", async ({ as }) => {
  test.slow();
  const { page, person } = await as("lead");
  const cimId = await everyKind(person);
  const open = (slideId: string) => page.goto(`/app/books/${cimId}/slides/${slideId}`);
  const saved = async (slideId: string, holds: Record<string, unknown>): Promise<void> => {
    await expect(state(page)).toHaveText(/saved/);
    await expect.poll(() => readSlide(person, cimId, slideId)).toMatchObject(holds);
  };

  await open("k-text");
  await write(paper(page).getByRole("textbox", { name: "Title" }), "Words, changed");
  await expect(state(page)).toHaveText(/saving/);
  await write(paper(page).getByRole("textbox", { name: "Text" }), "Known in 176 countries.");
  await page.getByRole("textbox", { name: "Speaker notes" }).fill("Pause here.");
  await saved("k-text", {
    title: "Words, changed",
    notes: "Pause here.",
    components: [{ text: "Known in 176 countries." }],
  });

  await open("k-bullets");
  await paper(page).getByRole("textbox", { name: "Bullet 2" }).click();
  await page.keyboard.press("End");
  await page.keyboard.type(", longer");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Third point");
  await saved("k-bullets", {
    components: [{ items: ["First point", "Second point, longer", "Third point"] }],
  });

  await open("k-table");
  await write(paper(page).getByRole("textbox", { name: "FY2024, Net sales" }), "220.5");
  await page.keyboard.press("Escape");
  await paper(page).getByRole("table").hover();
  await page.getByRole("button", { name: "Add a row" }).click();
  await saved("k-table", {
    components: [
      {
        rows: [
          ["Net sales", 201.9, 220.5],
          ["Gross profit", 105.1, 117.2],
          [null, null, null],
        ],
      },
    ],
  });

  await open("k-metrics");
  await write(paper(page).getByRole("textbox", { name: "Figure: Net sales" }), "230");
  await write(paper(page).getByRole("textbox", { name: "Label" }).nth(2), "Markets");
  await saved("k-metrics", { components: [{ value: 230 }, {}, { label: "Markets" }] });

  await open("k-quote");
  await write(paper(page).getByRole("textbox", { name: "Quote" }), "We grow.");
  await write(paper(page).getByRole("textbox", { name: "Who said it" }), "The chair");
  await saved("k-quote", { components: [{ text: "We grow.", by: "The chair" }] });

  await open("k-chart");
  await paper(page).getByRole("img").hover();
  await page.getByRole("button", { name: "Edit the data" }).click();
  const data = page.getByRole("dialog", { name: "Data of the chart" });
  await data.getByRole("textbox", { name: "Net sales, FY2024" }).fill("225.5");
  await expectAccessible(page);
  await saved("k-chart", { components: [{ series: [{ values: [190.2, 201.9, 225.5] }] }] });

  await open("k-two");
  await write(paper(page).getByRole("textbox", { name: "Bullet 1" }), "Left, changed");
  await saved("k-two", { components: [{ items: ["Left, changed", "Left two"] }, {}] });
  await expectAccessible(page);
});

test("letters typed right before leaving are not lost", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Letters ${mark()}`, 1, 2);
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await write(paper(page).getByRole("textbox", { name: "Title" }), "Typed and left");
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await expect(page.getByRole("article", { name: "Slide 2 of s1" })).toBeVisible();
  await expect.poll(async () => (await readSlide(person, book.id, "s1-1")).title).toBe("Typed and left");
  await write(paper(page).getByRole("textbox", { name: "Title" }), "Typed and closed");
  await page.reload();
  await expect(page.getByRole("article", { name: "Typed and closed" })).toBeVisible();
  await expect.poll(async () => (await readSlide(person, book.id, "s1-2")).title).toBe("Typed and closed");
});

test("slides take another place by drag, by the keyboard on their handle, and by keys", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Order ${mark()}`);
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  const handle = (title: string) => page.getByRole("button", { name: `Move “${title}”` });
  await tree(page).getByRole("link", { name: "Draft Slide 1 of s1" }).hover();
  const [from, to] = [
    await handle("Slide 1 of s1").boundingBox(),
    await handle("Slide 3 of s1").boundingBox(),
  ];
  if (!from || !to) throw new Error("There is nothing to take hold of.");
  await page.mouse.move(from.x + 4, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + 4, from.y + 20, { steps: 4 });
  await page.mouse.move(to.x + 4, to.y + to.height / 2 + 4, { steps: 8 });
  await page.mouse.up();
  await expect.poll(() => orderOf(person, book.id, "s1")).toEqual(["s1-2", "s1-3", "s1-1"]);

  await handle("Slide 1 of s1").focus();
  await page.keyboard.press("Space");
  const said = (place: number) =>
    page.getByText(`“Slide 1 of s1” is over place ${place} of 3 in “Section 1”.`);
  await expect(said(3)).toBeAttached();
  await page.keyboard.press("ArrowUp");
  await expect(said(2)).toBeAttached();
  await page.keyboard.press("Space");
  await expect.poll(() => orderOf(person, book.id, "s1")).toEqual(["s1-2", "s1-1", "s1-3"]);

  await page.locator("body").click({ position: { x: 2, y: 400 } });
  await page.keyboard.press("Alt+ArrowUp");
  await expect.poll(() => orderOf(person, book.id, "s1")).toEqual(["s1-1", "s1-2", "s1-3"]);
  await expect(tree(page).getByRole("link", { name: /of s1/ })).toHaveText([
    /Slide 1 of s1/,
    /Slide 2 of s1/,
    /Slide 3 of s1/,
  ]);
});

test("slides are added, laid out anew, removed and brought back", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Adding ${mark()}`, 1, 2);
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await expect(page.getByRole("article", { name: "Slide 1 of s1" })).toBeVisible();
  await page.keyboard.press("n");
  await expect(page.getByRole("article", { name: "New slide" })).toBeVisible();
  await expect.poll(async () => (await orderOf(person, book.id, "s1")).length).toBe(3);

  await page.getByRole("button", { name: "More for this slide" }).click();
  await page.getByRole("menuitem", { name: "Add a table" }).click();
  await expect(paper(page).getByRole("table")).toBeVisible();
  await page.getByRole("button", { name: "More for this slide" }).click();
  await page.getByRole("menuitem", { name: "Layout: Bullets" }).hover();
  await page.getByRole("menuitem", { name: "Two columns" }).click();
  await expect(state(page)).toHaveText(/saved/);
  const added = (await orderOf(person, book.id, "s1")).at(-1) ?? "";
  await expect
    .poll(() => readSlide(person, book.id, added))
    .toMatchObject({
      layout_type: "two_columns",
      components: [{ type: "bullets" }, { type: "table" }],
    });

  await page.keyboard.press("ControlOrMeta+Backspace");
  await expect(page.getByRole("article", { name: "Slide 2 of s1" })).toBeVisible();
  await expect.poll(async () => (await orderOf(person, book.id, "s1")).length).toBe(2);
  await page.keyboard.press("ControlOrMeta+z");
  await expect(tree(page).getByRole("link", { name: "Draft New slide" })).toBeVisible();
});

test("approving, commenting and settling reach the other person at once", async ({ as }) => {
  const lead = await as("lead");
  const reviewer = await as("reviewer");
  const book = await writtenBook(lead.person, `Review ${mark()}`, 1, 2);
  await lead.page.goto(`/app/books/${book.id}/slides/s1-1`);
  await reviewer.page.goto(`/app/books/${book.id}/slides/s1-1`);
  await expect(reviewer.page.getByRole("button", { name: "Approve", exact: true })).toBeVisible();
  // A reviewer reads, approves and comments; the words are not theirs to change.
  await expect(paper(reviewer.page).getByRole("textbox")).toHaveCount(0);
  await reviewer.page.keyboard.press("c");
  await reviewer.page.getByRole("textbox", { name: "Comment" }).fill("Is this the audited figure?");
  await reviewer.page.keyboard.press("ControlOrMeta+Enter");
  await expect(tree(lead.page).getByText("1 open comment")).toBeAttached();
  await lead.page.getByRole("tab", { name: "Comments (1)" }).click();
  const comment = lead.page.getByRole("listitem").filter({ hasText: "Is this the audited figure?" });
  await expect(comment).toContainText(reviewer.person.name);
  await expectAccessible(lead.page);
  await comment.getByRole("button", { name: "Settle" }).click();
  await expect(reviewer.page.getByText("settled by")).toBeVisible();
  await reviewer.page.locator("h2").first().click();
  await reviewer.page.keyboard.press("a");
  await expect(tree(lead.page).getByRole("link", { name: "Approved Slide 1 of s1" })).toBeVisible();
  await reviewer.page.keyboard.press("Shift+A");
  await expect.poll(async () => (await readBook(lead.person, book.id)).slide_counts.approved).toBe(2);
});

test("the history shows what each version changed, and brings one back", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `History ${mark()}`, 1, 1);
  const version = (words: string) =>
    send(person, book.id, {
      type: "save_slide",
      slide: slideOf("s1-1", "s1", "text", "Slide 1 of s1", [
        { type: "text", id: "body", text: words, sources: [] },
      ]),
    });
  await version("The market grows by five percent.");
  await version("The market grows by seven percent.");
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await page.getByRole("tab", { name: "History" }).click();
  const entries = page.getByRole("tabpanel").getByRole("listitem");
  await expect(entries).toHaveCount(3);
  await expect(entries.first()).toContainText(/you saved it/);
  await entries.first().getByRole("button", { name: "Show changes" }).click();
  await expect(entries.first().locator("del")).toHaveText("five");
  await expect(entries.first().locator("ins")).toHaveText("seven");
  await expectAccessible(page);
  await entries.nth(1).getByRole("button", { name: "Show changes" }).click();
  await entries.nth(1).getByRole("button", { name: "Compare with now" }).click();
  await expect(entries.nth(1).locator("ins")).toHaveText("seven");
  await entries.nth(1).getByRole("button", { name: "Restore this version" }).click();
  await expect(paper(page).getByText("The market grows by five percent.")).toBeVisible();
  await expect
    .poll(async () => (await readSlide(person, book.id, "s1-1")).components)
    .toMatchObject([{ text: "The market grows by five percent." }]);
});

test("each figure says where it comes from and opens the passage; one without a source says so", async ({
  as,
}) => {
  test.slow();
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Figures ${mark()}`, 1, 1);
  const [source] = await withDocuments(person, book.id, "management_interview.md");
  if (!source) throw new Error("The document is not there.");
  const { data } = await apiAs(person).GET("/sources/{source_id}/passages", {
    params: { path: { source_id: source.id } },
  });
  const passage = data?.items.find(({ text }) => /\d+\.\d/.test(text));
  const figure = passage && /\d+\.\d+/.exec(passage.text)?.[0];
  if (!passage || !figure) throw new Error("The document has no figure.");
  await send(person, book.id, {
    type: "save_slide",
    slide: slideOf("s1-1", "s1", "metrics", "Figures", [
      metric("From the interview", Number(figure), "known", [
        {
          source_id: source.id,
          locator: passage.locator,
          passage_id: passage.passage_id,
          quote: passage.text.slice(0, 400),
        },
      ]),
      metric("Out of the blue", 777, "unknown"),
      chart(),
    ]),
  });
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  const known = paper(page).locator("[data-figure=sourced]").first();
  await known.hover();
  await expect(page.getByRole("link", { name: `management_interview.md, ${passage.locator}` })).toBeVisible();
  await expect(paper(page).locator("[data-figure=unsourced]").filter({ hasText: "777" })).toBeVisible();
  await paper(page).locator("[data-figure=unsourced]").filter({ hasText: "777" }).hover();
  await expect(page.getByText("777 has no source.")).toBeVisible();
  await page.getByRole("tab", { name: "Sources (1)" }).click();
  await expect(page.getByRole("tabpanel").getByText(passage.text.slice(0, 40))).toBeVisible();
  await known.click();
  await expect(page).toHaveURL(new RegExp(`documents\\?.*source=${source.id}`));
  await expect(page).toHaveURL(new RegExp(`passage=${passage.passage_id}`));
  await page.goBack();
  await page.getByRole("tab", { name: /Check/ }).click();
  const finding = page.getByRole("tabpanel").getByRole("listitem").filter({ hasText: "777" });
  await finding.getByRole("button", { name: "Accept with a reason" }).click();
  await finding.getByRole("textbox", { name: "Why the figure stands" }).fill("From the data room");
  await finding.getByRole("button", { name: "Accept", exact: true }).click();
  await expect(finding).toContainText("Accepted by you");
});
