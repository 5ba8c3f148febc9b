/** Answers that take their time: streamed, stopped, seen by several, interrupted, and gone on with after a crash. */
import type { Page } from "@playwright/test";

import { kill, mayKill, newBook, send, writtenBook } from "./support/stack";
import { answered, field, lastAnswer, mark, openTalk, saidIn, say, SPOKEN, UNSPOKEN } from "./support/talk";
import { expect, test } from "./support/test";

test.skip(SPOKEN === "", UNSPOKEN);

const LAST = "Sentence 120 tells a little more of the company.";

/** How many sentences are on the page; each may be there once. */
async function sentences(page: Page): Promise<number> {
  const text = await lastAnswer(page).innerText();
  const found = [...text.matchAll(/Sentence (\d+) tells/g)].map(([, number]) => Number(number));
  expect(found, "in order, none twice, none left out").toEqual(found.map((_, at) => at + 2));
  return found.length;
}

const atLeast = (page: Page, wanted: number) =>
  expect.poll(() => sentences(page), { timeout: 40_000 }).toBeGreaterThanOrEqual(wanted);

async function expectWhole(page: Page): Promise<void> {
  await answered(lastAnswer(page), 90_000);
  await expect(lastAnswer(page)).toContainText(LAST);
  expect(await sentences(page)).toBe(119);
}

test("an answer streams in as it is written, and is there once when it is done", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Streamed ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Tell me of the company at length.");
  await atLeast(page, 3);
  await expect(lastAnswer(page)).toHaveAttribute("aria-busy", "true");
  const first = await sentences(page);
  await atLeast(page, first + 5);
  await expectWhole(page);
  const [, answer] = await saidIn(person, book.id);
  expect(answer).toMatchObject({ status: "complete" });
  expect(answer?.text.match(/Sentence \d+ tells/g)).toHaveLength(119);
});

test("tables, lists and strong words are shown as such", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Table ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Sales in a table, please.");
  await answered(lastAnswer(page));
  await expect(lastAnswer(page).getByRole("row", { name: "FY2024 down" })).toBeVisible();
  await expect(lastAnswer(page).locator("strong", { hasText: "down" })).toBeVisible();
  await expect(lastAnswer(page).locator("article li, ul li", { hasText: "Two" })).toBeVisible();
});

test("Escape stops the answer; what was said stays, and can be asked for again", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Stopped ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Tell me of the company, take your time.");
  await atLeast(page, 2);
  await page.keyboard.press("Escape");
  await answered(lastAnswer(page));
  await expect(lastAnswer(page)).toContainText("Stopped. What was said stays.");
  const kept = await sentences(page);
  expect(kept).toBeGreaterThanOrEqual(2);
  expect(kept).toBeLessThan(119);

  await lastAnswer(page).getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("2/2")).toBeVisible();
  await atLeast(page, 2);
  await page.getByRole("button", { name: "Stop the answer" }).click();
  await answered(lastAnswer(page));
});

test("a page loaded anew in the midst of an answer goes on with it", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Reloaded ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Tell me of the company at length.");
  await atLeast(page, 5);
  await page.reload();
  await expect(lastAnswer(page)).toHaveAttribute("aria-busy", "true", { timeout: 20_000 });
  await atLeast(page, 5);
  await expectWhole(page);
});

test("a network that is cut in the midst of an answer costs no word", async ({ as }) => {
  const { page, person, context } = await as("lead", SPOKEN);
  const book = await newBook(person, `Cut ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Tell me of the company at length.");
  await atLeast(page, 5);
  await context.setOffline(true);
  await expect(page.getByText("You are offline.")).toBeVisible();
  const before = await sentences(page);
  await context.setOffline(false);
  await atLeast(page, before + 5);
  await expectWhole(page);
});

test("a figure that no document bears out is marked", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Hearsay ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "What were sales, from hearsay?");
  await answered(lastAnswer(page));
  await expect(lastAnswer(page)).toContainText("(no document bears this out)");
  await expect(lastAnswer(page)).toContainText(/No document bears out: .*999\.9/);
});

test("a second browser sees the same words come in", async ({ as }) => {
  const asking = await as("lead", SPOKEN);
  const watching = await as("editor", SPOKEN);
  const book = await newBook(asking.person, `Watched ${mark()}`);
  await openTalk(asking.page, book.id);
  await openTalk(watching.page, book.id);
  await say(asking.page, "Tell me of the company at length.");
  await atLeast(watching.page, 3);
  await expect(lastAnswer(watching.page)).toHaveAttribute("aria-busy", "true");
  await expectWhole(watching.page);
  await expectWhole(asking.page);
  await expect(watching.page.getByText("Tell me of the company at length.")).toBeVisible();
});

test("a message may come after the answer, or instead of it", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Meanwhile ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Tell me of the company, take your time.");
  await atLeast(page, 1);
  await say(page, "Sales in a table, please.");
  await expect(page.getByText("Queued")).toBeVisible();

  await page
    .getByRole("radiogroup", { name: /What your message does/ })
    .getByText("Instead")
    .click();
  await say(page, "Answer at once.");
  await answered(lastAnswer(page));
  await expect(lastAnswer(page)).toContainText("At once, then.");
  const all = await saidIn(person, book.id);
  expect(all.find(({ role }) => role === "assistant")?.status).toBe("stopped");
  // What waited is answered as well.
  await expect
    .poll(async () => (await saidIn(person, book.id)).filter(({ status }) => status === "complete").length, {
      timeout: 45_000,
    })
    .toBe(5);
});

test("what is added to an answer under way is taken into it", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Added ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Begin, then add to it.");
  // What is added before the model is asked, it reads with the question; now it has begun.
  await expect(lastAnswer(page)).toContainText("I begin.");
  await page
    .getByRole("radiogroup", { name: /What your message does/ })
    .getByText("Add to it")
    .click();
  await say(page, "In French, please.");
  await answered(lastAnswer(page));
  await expect(lastAnswer(page)).toContainText("In French, then.");
  expect((await saidIn(person, book.id)).at(-1)?.steering).toEqual(["In French, please."]);
});

test("an answer that cannot be given says why, and can be asked for again", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Failed ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Let it go wrong.");
  await answered(lastAnswer(page));
  await expect(lastAnswer(page)).toContainText("This answer failed.");
  await expect(lastAnswer(page)).toContainText("The answer would be too long.");
  await expect(lastAnswer(page).getByRole("button", { name: "Try again" })).toBeVisible();
});

test("the AI opens what it speaks of, and leads back", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Moved ${mark()}`);
  await openTalk(page, book.id);
  const before = page.url();
  await say(page, "Where are the documents?");
  await expect(page.getByText("The AI opened the documents.")).toBeVisible();
  await expect(page).toHaveURL(/\/documents/);
  await page.getByRole("button", { name: "Back to where I was" }).click();
  await expect(page).toHaveURL(before);
});

test(
  "a worker that is killed in the midst of an answer loses and repeats nothing",
  { tag: "@alone" },
  async ({ as }) => {
    test.skip(!mayKill, "This product is not ours to break.");
    test.setTimeout(150_000);
    const { page, person } = await as("lead", SPOKEN);
    const book = await newBook(person, `Killed ${mark()}`);
    await openTalk(page, book.id);
    await say(page, "Tell me of the company at length.");
    await atLeast(page, 5);
    kill("worker");
    await expectWhole(page);
    const [, answer] = await saidIn(person, book.id);
    expect(answer?.text.match(/Sentence \d+ tells/g)).toHaveLength(119);
  },
);

test("the AI leads to a slide, to the map and to one company on it", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await writtenBook(person, `Led ${mark()}`, 1, 2);
  await send(person, book.id, {
    type: "create_entity",
    entity: { id: "acme", kind: "company", name: "Acme", aliases: [], description: "", sources: [] },
  });
  await openTalk(page, book.id);
  await say(page, "Take me to the second one.");
  await expect(page.getByText("The AI opened a slide.")).toBeVisible();
  await expect(page).toHaveURL(/\/slides\/s1-2/);
  await answered(lastAnswer(page));
  await say(page, "Draw the map.");
  await expect(page.getByText("The AI opened the relationship map.")).toBeVisible();
  await expect(page).toHaveURL(/\/map$/);
  await answered(lastAnswer(page));
  await say(page, "Who is Acme?");
  await expect(page).toHaveURL(/\/map\?entity=acme/);
});

test("a slide and a section that are chosen with an @ are what the answer is about", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await writtenBook(person, `Pointed ${mark()}`, 2, 2);
  await openTalk(page, book.id);
  await field(page).pressSequentially("What do I point at: @Slide 2 of s1");
  await expect(page.getByRole("option", { name: /Slide 2 of s1/ })).toBeVisible();
  await field(page).press("Enter");
  await field(page).pressSequentially("and @Section 2");
  await expect(page.getByRole("option", { name: /Section 2/ })).toBeVisible();
  await field(page).press("Enter");
  const about = page.getByRole("list", { name: "About" });
  await expect(about.getByRole("listitem")).toHaveCount(2);
  await field(page).press("Enter");
  await answered(lastAnswer(page));
  await expect(lastAnswer(page)).toContainText("You point at Slide 2 of s1");
  await expect(lastAnswer(page)).toContainText("Text.");
  await expect(lastAnswer(page)).toContainText("s2");
});
