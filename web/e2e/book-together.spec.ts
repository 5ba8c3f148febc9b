/** Two people in one slide; what is undone; the book as a file; its end; a sign-in that ends in the middle. */
import { readFileSync } from "node:fs";

import type { Locator, Page } from "@playwright/test";

import { apiAs, readBook, send, type SignedIn, textSlide, writtenBook } from "./support/stack";
import { expect, expectAccessible, test } from "./support/test";

const mark = (): string => Math.random().toString(36).slice(2, 8);

const state = (page: Page) => page.getByRole("status", { name: "State of this slide" });
const paper = (page: Page) => page.locator("[data-slide] [data-page]");
const title = (page: Page) => paper(page).getByRole("textbox", { name: "Title" });
const words = (page: Page) => paper(page).getByRole("textbox", { name: "Text" });

async function write(field: Locator, text: string): Promise<void> {
  await field.click();
  await field.press("ControlOrMeta+a");
  await field.pressSequentially(text);
}

async function readSlide(person: SignedIn, cimId: string, slideId = "s1-1") {
  const { data } = await apiAs(person).GET("/cims/{cim_id}/slides/{slide_id}", {
    params: { path: { cim_id: cimId, slide_id: slideId } },
  });
  if (!data) throw new Error("The slide cannot be read.");
  return data;
}

async function titlesSavedSince(person: SignedIn, cimId: string, rev: number): Promise<unknown[]> {
  const { data } = await apiAs(person).GET("/cims/{cim_id}/events", {
    params: { path: { cim_id: cimId }, query: { after: rev } },
  });
  if (!data) throw new Error("The log cannot be read.");
  return data.items.filter(({ type }) => type === "slide_saved").map((event) => event.data["title"]);
}

test("two people write on one slide: what does not meet is merged, and who was written over gets it back", async ({
  as,
}) => {
  test.slow();
  const lead = await as("lead");
  const editor = await as("editor");
  const book = await writtenBook(lead.person, `Two ${mark()}`, 1, 1);
  for (const { page } of [lead, editor]) {
    await page.goto(`/app/books/${book.id}/slides/s1-1`);
    await expect(title(page)).toBeVisible();
  }
  await expect(
    lead.page.getByRole("list", { name: "Also in this book" }).getByRole("listitem"),
  ).toHaveAccessibleName(`${editor.person.name}, on “Slide 1 of s1”`);

  await write(title(lead.page), "The title of the lead");
  await expect(title(editor.page)).toHaveText("The title of the lead");
  await write(words(editor.page), "The words of the editor");
  for (const { page } of [lead, editor]) {
    await expect(title(page)).toHaveText("The title of the lead");
    await expect(words(page)).toHaveText("The words of the editor");
    await expect(state(page)).toHaveText(/saved/);
  }
  expect(await readSlide(lead.person, book.id)).toMatchObject({
    title: "The title of the lead",
    components: [{ text: "The words of the editor" }],
  });

  // The editor writes over what the lead has just saved.
  await write(title(editor.page), "The title of the editor");
  const over = lead.page.getByRole("status").filter({ hasText: "wrote over your title" });
  await expect(over).toContainText(editor.person.name);
  await over.getByRole("button", { name: "Compare" }).click();
  await expect(over.locator("del")).toHaveText("lead");
  await expect(over.locator("ins")).toHaveText("editor");
  await expectAccessible(lead.page);
  await over.getByRole("button", { name: "Put mine back" }).click();
  await expect(title(editor.page)).toHaveText("The title of the lead");
  await expect(words(editor.page)).toHaveText("The words of the editor");

  // What is put back at once was put back on purpose, and stays.
  await write(title(editor.page), "Once more the editor");
  await expect(title(lead.page)).toHaveText("Once more the editor");
  const { rev } = await readBook(lead.person, book.id);
  await over.getByRole("button", { name: "Put mine back" }).click();
  await expect(title(editor.page)).toHaveText("The title of the lead");
  await write(words(editor.page), "Other words of the editor");
  await expect(words(lead.page)).toHaveText("Other words of the editor");
  expect(new Set(await titlesSavedSince(lead.person, book.id, rev))).toEqual(
    new Set(["The title of the lead"]),
  );
});

/** Saves of both pages reach the API only when each has sent one: neither has seen the other's. */
async function heldTogether(...pages: readonly Page[]): Promise<void> {
  const sent: (() => void)[] = [];
  for (const page of pages)
    await page.route(
      /\/commands$/,
      async (route) => {
        await new Promise<void>((resolve) => {
          sent.push(resolve);
          if (sent.length === pages.length) for (const go of sent) go();
        });
        await route.continue();
      },
      { times: 1 },
    );
}

test("two saves at the same moment become one where they do not meet, and are told of where they do", async ({
  as,
}) => {
  test.slow();
  const lead = await as("lead");
  const editor = await as("editor");
  const book = await writtenBook(lead.person, `Together ${mark()}`, 1, 2);
  const open = async (slideId: string): Promise<void> => {
    for (const { page } of [lead, editor]) {
      await page.goto(`/app/books/${book.id}/slides/${slideId}`);
      await expect(title(page)).toBeVisible();
    }
    await heldTogether(lead.page, editor.page);
  };
  const over = (page: Page) => page.getByRole("status").filter({ hasText: "wrote over your" });

  await open("s1-1");
  await Promise.all([
    write(title(lead.page), "The title of the lead"),
    write(words(editor.page), "The words of the editor"),
  ]);
  await expect
    .poll(() => readSlide(lead.person, book.id), { timeout: 20_000 })
    .toMatchObject({
      title: "The title of the lead",
      components: [{ text: "The words of the editor" }],
    });
  for (const { page } of [lead, editor]) {
    await expect(title(page)).toHaveText("The title of the lead");
    await expect(words(page)).toHaveText("The words of the editor");
    await expect(state(page)).toHaveText(/saved/);
    await expect(over(page)).toHaveCount(0);
  }

  await open("s1-2");
  await Promise.all([write(title(lead.page), "Of the lead"), write(title(editor.page), "Of the editor")]);
  await expect(state(lead.page)).toHaveText(/saved/);
  await expect(state(editor.page)).toHaveText(/saved/);
  const won = (await readSlide(lead.person, book.id, "s1-2")).title;
  expect(["Of the lead", "Of the editor"]).toContain(won);
  const loser = won === "Of the lead" ? editor : lead;
  await expect(over(loser.page)).toContainText("wrote over your title");
  await over(loser.page).getByRole("button", { name: "Put mine back" }).click();
  await expect
    .poll(async () => (await readSlide(lead.person, book.id, "s1-2")).title)
    .toBe(loser === lead ? "Of the lead" : "Of the editor");
});

test("what somebody else saves while one is typing is not lost silently", async ({ as }) => {
  const { page, person } = await as("lead");
  const other = await as("editor");
  const book = await writtenBook(person, `Typing ${mark()}`, 1, 1);
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await title(page).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Mine");
  const theirs = send(other.person, book.id, {
    type: "save_slide",
    slide: textSlide("s1-1", "s1", "Theirs", "And new words."),
  });
  const clash = page.getByRole("status").filter({ hasText: "Somebody saved the same title" });
  while (!(await clash.isVisible())) await page.keyboard.type(".", { delay: 60 });
  await theirs;
  await expect(words(page)).toHaveText("And new words.");
  await expect(title(page)).toHaveText(/^Mine\.+$/);
  await clash.getByRole("button", { name: "Keep mine" }).click();
  await expect(clash).toBeHidden();
  await expect.poll(async () => (await readSlide(person, book.id)).title).toMatch(/^Mine\.+$/);
});

test("one's own last changes are undone and done again, step by step", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Undo ${mark()}`, 1, 2);
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  const saved = (text: string) =>
    expect.poll(async () => (await readSlide(person, book.id)).title).toBe(text);
  await write(title(page), "First change");
  await page.keyboard.press("Escape");
  await saved("First change");
  await write(title(page), "Second change");
  await page.keyboard.press("Escape");
  await saved("Second change");
  await expect(state(page)).toHaveText(/saved/);
  await page.keyboard.press("ControlOrMeta+z");
  await saved("First change");
  await expect(page.getByText("Undone: a change of").first()).toBeVisible();
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await saved("Second change");
  // Two at once are two steps.
  await page.keyboard.press("ControlOrMeta+z");
  await page.keyboard.press("ControlOrMeta+z");
  await saved("Slide 1 of s1");
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await saved("Second change");

  // What somebody else has changed since is not taken from them.
  const other = await as("editor");
  await send(other.person, book.id, {
    type: "save_slide",
    slide: textSlide("s1-1", "s1", "Theirs now"),
  });
  await expect(title(page)).toHaveText("Theirs now");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(page.getByText(`${other.person.name} has changed this since.`)).toBeVisible();
  expect((await readSlide(person, book.id)).title).toBe("Theirs now");
});

test("the book is exported with its progress, and comes as a file", async ({ as }) => {
  test.slow();
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Export ${mark()}`, 1, 2);
  await page.goto(`/app/books/${book.id}`);
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "PowerPoint (pptx)" }).click();
  const progress = page.getByRole("status", { name: "Export" });
  await expect(progress).toContainText(/asked for|waiting for its turn|being made|of revision/);
  await expect(progress).toContainText(/PowerPoint \(pptx\) of revision \d+: \d+ kB/, { timeout: 60_000 });
  await expectAccessible(page);
  const download = page.waitForEvent("download");
  await progress.getByRole("button", { name: "Download" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe(`${book.title}.pptx`);
  expect(
    readFileSync(await file.path())
      .subarray(0, 2)
      .toString(),
  ).toBe("PK");
});

test("a book is completed once nothing stands in the way, and says what does", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Complete ${mark()}`, 1, 2);
  await page.goto(`/app/books/${book.id}`);
  await page.getByRole("button", { name: "Complete", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Complete the book" });
  await expect(dialog.getByRole("listitem")).toHaveText(["2 slides are not approved"]);
  await expectAccessible(page);
  await dialog.getByRole("link", { name: "2 slides are not approved" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("article", { name: "Slide 1 of s1" })).toBeVisible();
  await page.keyboard.press("Shift+A");
  await expect.poll(async () => (await readBook(person, book.id)).slide_counts.approved).toBe(2);
  await page.getByRole("button", { name: "Complete", exact: true }).click();
  await expect(dialog).toContainText("Every stage is settled");
  await dialog.getByRole("button", { name: "Complete" }).click();
  await expect(page.getByRole("button", { name: "Open again" })).toBeVisible();
  await expect(paper(page).getByRole("textbox")).toHaveCount(0);
  await page.getByRole("button", { name: "Open again" }).click();
  await expect(title(page)).toBeVisible();
});

test("a sign-in that ends while one is writing is renewed in place, and the words are saved", async ({
  as,
}) => {
  const { page, person, context } = await as("lead");
  const book = await writtenBook(person, `Expired ${mark()}`, 1, 1);
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await expect(title(page)).toBeVisible();
  await context.route(/\/auth\/refresh$/, (route) => route.fulfill({ status: 401, json: {} }));
  let refused = true;
  await context.route(/\/commands$/, async (route) => {
    if (!refused) return route.continue();
    await route.fulfill({
      status: 401,
      json: { code: "token_expired", status: 401, detail: "", next_step: "" },
    });
  });
  await write(title(page), "Written on the way out");
  const dialog = page.getByRole("dialog", { name: "Your sign-in has ended" });
  await expect(dialog).toBeVisible();
  refused = false;
  await dialog.getByLabel(/^Password/).fill(person.password);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/slides\/s1-1/);
  await expect.poll(async () => (await readSlide(person, book.id)).title).toBe("Written on the way out");
  await expect(state(page)).toHaveText(/saved/);
});

test("who is in the book already is shown on arrival, before they move", async ({ as }) => {
  const { page, person } = await as("lead");
  const editor = await as("editor");
  const book = await writtenBook(person, `Arrival ${mark()}`, 1, 1);
  // A page that says nothing more: it can only be known from what is kept.
  const { response } = await apiAs(editor.person).POST("/cims/{cim_id}/presence", {
    params: { path: { cim_id: book.id } },
    body: {
      page_id: `silent-${mark()}`,
      what: "here",
      place: { view: "slide", slide_id: "s1-1", is_editing: true },
    },
  });
  expect(response.status).toBe(204);
  await page.goto(`/app/books/${book.id}`);
  await expect(
    page.getByRole("list", { name: "Also in this book" }).getByRole("listitem"),
  ).toHaveAccessibleName(`${editor.person.name}, writing on “Slide 1 of s1”`);
});
