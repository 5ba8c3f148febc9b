/** The way of a book through its stages, and what going back leaves to be looked at. */
import type { Page } from "@playwright/test";

import { withDocuments } from "./support/documents";
import { apiAs, newBook, readBook, send, textSlide, writtenBook } from "./support/stack";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

const mark = (): string => Math.random().toString(36).slice(2, 8);

const rail = (page: Page) => page.getByRole("navigation", { name: "Stages" });
const tree = (page: Page) => page.getByRole("list", { name: "Sections and slides" });
const review = (page: Page) => page.getByRole("note");

test("stages, sections and slides show how they stand, and every slide is a step away", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Standing ${mark()}`);
  await send(person, book.id, { type: "approve_slide", slide_id: "s1-1" });
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await expect(rail(page).getByRole("link")).toHaveText([
    /Welcome.*done/,
    /Buyer persona.*done/,
    /Hero concept.*done/,
    /Outline.*done/,
    /Sections.*you are here/,
  ]);
  await expect(tree(page).getByRole("link", { name: "Approved Slide 1 of s1" })).toBeVisible();
  await expect(tree(page).getByRole("link", { name: "Draft Slide 2 of s1" })).toBeVisible();
  await expect(tree(page).getByRole("button", { name: "Section 1 1/3 approved" })).toBeVisible();

  await page.keyboard.press("j");
  await expect(page).toHaveURL(/slides\/s1-2/);
  await page.keyboard.press("k");
  await expect(page).toHaveURL(/slides\/s1-1/);
  await tree(page).getByRole("link", { name: "Draft Slide 3 of s2" }).click();
  await expect(page.getByRole("article", { name: "Slide 3 of s2" })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("textbox", { name: "Do or find" }).fill("Slide 2 of s2");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/slides\/s2-2/);
  await rail(page).getByRole("link", { name: "Buyer persona" }).click();
  await expect(page.getByRole("heading", { name: "Buyer persona" })).toBeVisible();
  await expectAccessible(page);
  await page.goBack();
  await expect(page.getByRole("article", { name: "Slide 2 of s2" })).toBeVisible();
});

test("going back says beforehand what will need review; each stale thing says why and is settled in one click", async ({
  as,
}) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Back ${mark()}`);
  await send(person, book.id, { type: "approve_slide", slide_id: "s1-1" });
  await page.goto(`/app/books/${book.id}/stages/buyer_persona`);
  await page.getByRole("button", { name: "Go back to this stage" }).click();
  const ask = page.getByRole("dialog", { name: /Go back to/ });
  await expect(ask).toContainText(
    "The hero concept, the outline and 6 slides (1 approved) will need review. Nothing is deleted",
  );
  await expect(ask.getByRole("listitem")).toHaveText([
    "Hero concept",
    "Outline",
    "Section 1: 3 slides",
    "Section 2: 3 slides",
  ]);
  await expectAccessible(page);
  await ask.getByRole("button", { name: "Stay" }).click();
  expect((await readBook(person, book.id)).stage).toBe("building_sections");

  await page.getByRole("button", { name: "Go back to this stage" }).click();
  await ask.getByLabel(/Why/).fill("A trade buyer now");
  await ask.getByRole("button", { name: "Go back", exact: true }).click();
  await expect(rail(page).getByRole("link", { name: /Hero concept.*needs review/ })).toBeVisible();
  await expect(rail(page).getByRole("link", { name: /Outline.*needs review/ })).toBeVisible();
  await expect(tree(page).getByRole("link", { name: "Needs review Slide 1 of s1" })).toBeVisible();

  // Afterwards the persona reads differently: so there is something to compare.
  await page.getByLabel("Buyer", { exact: true }).fill("Trade buyer");
  await expect(
    page.getByRole("status").filter({ hasText: /Kept in this browser|need review/ }),
  ).toBeVisible();
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect
    .poll(async () => (await readBook(person, book.id)).artifacts.buyer_persona?.value.type)
    .toBe("Trade buyer");

  await rail(page)
    .getByRole("link", { name: /Hero concept/ })
    .click();
  await expect(review(page)).toContainText(
    /Needs review\..*“Buyer persona”: “A trade buyer now” \(.*, you\)/,
  );
  await review(page).getByRole("button", { name: "Still right" }).click();
  await expect(review(page)).toBeHidden();
  await expect
    .poll(async () => (await readBook(person, book.id)).artifacts.hero_context?.stale_reason ?? null)
    .toBe(null);

  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await expect(review(page)).toContainText(/Needs review\..*\(.*, you\)/);
  await expectAccessible(page);
  await review(page).getByRole("button", { name: "Compare" }).click();
  const drawer = page.getByRole("dialog", { name: "What changed since it was written" });
  await expect(drawer.locator("ins").filter({ hasText: "Trade buyer" })).toBeVisible();
  await expect(drawer.locator("del").filter({ hasText: "Financial sponsor" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await review(page).getByRole("button", { name: "Still right" }).click();
  await expect(review(page)).toBeHidden();
  await expect(tree(page).getByRole("link", { name: "Approved Slide 1 of s1" })).toBeVisible();

  // No document says more: the slide stays as it is, and the person is told so.
  await page.keyboard.press("Shift+J");
  await expect(page.getByRole("article", { name: "Slide 2 of s1" })).toBeVisible();
  await review(page).getByRole("button", { name: "Redraft" }).click();
  await expect(page.getByText("“Slide 2 of s1” was left as it is.")).toBeVisible({ timeout: 30_000 });
  expect((await readBook(person, book.id)).slide_counts).toEqual({ draft: 0, needs_review: 5, approved: 1 });
});

test("one stale slide is drafted again: the new draft is shown, compared with the old one, and confirmed", async ({
  as,
}) => {
  test.slow();
  const { page, person } = await as("lead");
  const book = await newBook(person, `Redraft ${mark()}`);
  await withDocuments(person, book.id, "financials.xlsx");
  await send(
    person,
    book.id,
    {
      type: "save_buyer_persona",
      persona: { type: "Financial sponsor", motivations: ["Cash generation"], concerns: ["Entry valuation"] },
    },
    { type: "save_outline", sections: [{ id: "figures", title: "Financials", description: "" }] },
    { type: "save_slide", slide: textSlide("old", "figures", "Written before", "Words of the first draft.") },
    { type: "save_slide", slide: textSlide("other", "figures", "Another slide") },
    { type: "navigate", target_stage: "outline" },
  );
  await page.goto(`/app/books/${book.id}/slides/old`);
  await expect(review(page)).toContainText("Needs review.");
  await review(page).getByRole("button", { name: "Redraft" }).click();

  // Shown: the slide that one looks at reads differently, and is a draft again.
  const slide = page.locator("[data-slide=old]");
  await expect(slide).not.toContainText("Words of the first draft.", { timeout: 60_000 });
  await expect(review(page)).toBeHidden();
  await expect(slide.locator("[data-figure=sourced]").first()).toBeVisible();
  expect((await readBook(person, book.id)).slide_counts).toEqual({ draft: 1, needs_review: 1, approved: 0 });

  // Compared with what it was.
  await page.getByRole("tab", { name: "History" }).click();
  const newest = page.getByRole("tabpanel").getByRole("listitem").first();
  await expect(newest).toContainText("the AI (for you) saved it");
  await newest.getByRole("button", { name: "Show changes" }).click();
  await expect(newest.locator("del").filter({ hasText: "Words of the first draft." })).toBeVisible();
  await expect(newest.locator("ins").first()).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await expect.poll(async () => (await readBook(person, book.id)).slide_counts.approved).toBe(1);
  await page.getByRole("link", { name: "Needs review Another slide" }).click();
  await expect(page.getByRole("article", { name: "Another slide" })).toBeVisible();
});

test("an artifact that is put back to what it was lifts the review it caused", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Lifted ${mark()}`, 1, 2);
  await page.goto(`/app/books/${book.id}/stages/buyer_persona`);
  await page.getByLabel("Buyer", { exact: true }).fill("Somebody else");
  await expect(page.getByRole("status").filter({ hasText: "2 slides will need review" })).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(tree(page).getByRole("link", { name: "Needs review Slide 1 of s1" })).toBeVisible();
  await page.getByLabel("Buyer", { exact: true }).fill("Financial sponsor");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(tree(page).getByRole("link", { name: "Draft Slide 1 of s1" })).toBeVisible();
});

test("what is typed at a stage is kept until it is saved", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Kept ${mark()}`, 1, 1);
  await page.goto(`/app/books/${book.id}/stages/hero_concept`);
  await page.getByLabel("Asset").fill("A name that everybody knows");
  await page.reload();
  await expect(page.getByLabel("Asset")).toHaveValue("A name that everybody knows");
  await page.getByRole("button", { name: "Back to what is saved" }).click();
  await expect(page.getByLabel("Asset")).toHaveValue("The brand");
});

test("on a phone the stages are a bar, the tree a sheet, and approving and commenting work", async ({
  as,
}) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Phone ${mark()}`);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await expect(rail(page)).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await expect.poll(async () => (await readBook(person, book.id)).slide_counts.approved).toBe(1);
  await page.getByRole("button", { name: "Comment on this slide" }).click();
  await page.getByRole("textbox", { name: "Comment" }).fill("Said on the train");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Said on the train" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: /Slides · 1 of 6/ }).click();
  await page
    .getByRole("dialog", { name: "Slides" })
    .getByRole("link", { name: "Draft Slide 2 of s2" })
    .click();
  await expect(page.getByRole("article", { name: "Slide 2 of s2" })).toBeVisible();
  await expectNoSidewaysScroll(page);
});

test("a draft that comes to nothing is told of, also when it ended while another page was open", async ({
  as,
}) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Nothing ${mark()}`);
  await send(person, book.id, { type: "navigate", target_stage: "outline" });
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  const begun = page.waitForResponse(
    (answer) => answer.url().endsWith(`/cims/${book.id}/runs`) && answer.ok(),
  );
  await review(page).getByRole("button", { name: "Redraft" }).click();
  const { run_id: runId } = (await (await begun).json()) as { run_id: string };
  await page.goto("/app/books");
  const api = apiAs(person);
  await expect
    .poll(async () => (await api.GET("/runs/{run_id}", { params: { path: { run_id: runId } } })).data?.status)
    .toBe("completed");
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await expect(page.getByText("“Slide 1 of s1” was left as it is.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("article", { name: "Slide 1 of s1" })).toBeVisible();
  await expect(page.getByText("“Slide 1 of s1” was left as it is.")).toBeHidden();
});
