import { newBook, send, signedInAs, writtenBook } from "./support/stack";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

const mark = (): string => Math.random().toString(36).slice(2, 8);

test("books are begun, found by words, filtered, ordered, and opened by key", async ({ as }) => {
  const { page, person } = await as("lead");
  const name = mark();
  await writtenBook(person, `Zebra ${name} 9`, 1, 1);
  await newBook(person, `Zebra ${name} 10`);
  await page.goto("/app/books");
  await expect(page.getByRole("button", { name: "New book" })).toBeVisible();
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "New book" });
  await dialog.getByRole("button", { name: "Begin the book" }).click();
  await expect(dialog.getByText("A book needs a title.")).toBeVisible();
  await dialog.getByLabel("Title").fill(`Aardvark ${name}`);
  await dialog.getByRole("button", { name: "Begin the book" }).click();
  await expect(page).toHaveURL(/\/app\/books\/[0-9a-f]+/);
  await page.goBack();

  await page.keyboard.press("f");
  await page.keyboard.type(name);
  const rows = page.getByRole("row").filter({ has: page.getByRole("link") });
  await expect(rows).toHaveCount(3);
  await expect(page).toHaveURL(new RegExp(`find=${name}`));
  await page.getByRole("combobox", { name: "Order" }).click();
  await page.getByRole("option", { name: "Title" }).click();
  await expect(rows.getByRole("link")).toHaveText([
    `Aardvark ${name}`,
    `Zebra ${name} 9`,
    `Zebra ${name} 10`,
  ]);
  await page.getByRole("combobox", { name: "Stage" }).click();
  await page.getByRole("option", { name: "Sections" }).click();
  await expect(rows).toHaveCount(1);
  await expectAccessible(page);

  await page.reload();
  await expect(rows).toHaveCount(1);
  await page.getByRole("heading", { name: "Books" }).click();
  await page.keyboard.press("j");
  await page.keyboard.press("o");
  await expect(page).toHaveURL(/\/app\/books\/[0-9a-f]+/);
  await page.goBack();
  await expect(rows).toHaveCount(1);
});

test("thousands of books are walked through, and only those in sight are drawn", async ({ as, context }) => {
  test.slow();
  const { page } = await as("lead");
  const total = 3_000;
  // The API as it is, but with more books than a test can make.
  await page.route(/\/books\?/, async (route) => {
    if (route.request().resourceType() === "document") return route.continue();
    const query = new URL(route.request().url()).searchParams;
    const from = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit"));
    const items = Array.from({ length: Math.min(limit, total - from) }, (_, number) => ({
      id: `book${from + number}`,
      deal_id: "d",
      owner_id: "o",
      title: `Book ${from + number}`,
      status: "in_progress",
      stage: "outline",
      slide_counts: { draft: 1, needs_review: 1, approved: 2 },
      stale: 0,
      rev: 1,
      updated_at: new Date(1.7e12 - (from + number) * 1e6).toISOString(),
    }));
    const next = from + limit;
    await route.fulfill({ json: { items, next_cursor: next < total ? String(next) : null } });
  });
  await page.goto("/app/books");
  await expect(page.getByText("Book 0", { exact: true })).toBeVisible();
  const rows = page.getByRole("row");
  await page.getByRole("rowgroup").hover();
  await expect(async () => {
    await page.mouse.wheel(0, 40_000);
    await expect(page.getByText("Book 2999", { exact: true })).toBeVisible({ timeout: 200 });
  }).toPass({ timeout: 30_000 });
  expect(await rows.count()).toBeLessThan(80);
  await page.getByLabel("Find by title or deal").fill("2718");
  await expect(page.getByText("Book 2718", { exact: true })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "1 book" })).toBeVisible();
  await context.close();
});

test("a list without books teaches, and a list that cannot be read says so", async ({ as }) => {
  const { page } = await as("owner", "Calder Row Advisors");
  await page.route(/\/books\?/, (route) =>
    route.request().resourceType() === "document"
      ? route.continue()
      : route.fulfill({ json: { items: [], next_cursor: null } }),
  );
  await page.goto("/app/books");
  await expect(page.getByRole("heading", { name: "No books yet" })).toBeVisible();
  await expectAccessible(page);
  await page.unroute(/\/books\?/);
  await page.route(/\/books\?/, (route) =>
    route.request().resourceType() === "document"
      ? route.continue()
      : route.fulfill({
          status: 403,
          json: { code: "forbidden", status: 403, detail: "You may not.", next_step: "Ask the lead." },
        }),
  );
  await page.getByRole("combobox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Draft" }).click();
  await expect(page.getByRole("alert")).toContainText("You may not. Ask the lead.");
});

test("a stranger sees none of it", async ({ as }) => {
  const lead = await signedInAs("lead");
  const book = await newBook(lead, `Secret ${mark()}`);
  const { page } = await as("lead", "Calder Row Advisors");
  await page.goto(`/app/books/${book.id}`);
  await expect(page.getByText("There is no such book.")).toBeVisible();
});

test("the list fits a phone", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await newBook(
    person,
    `A very long title of a book that does not fit a phone in one line ${mark()}`,
  );
  await send(person, book.id, { type: "rename", title: `${book.title} at all` });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/app/books");
  await expect(page.getByRole("link", { name: `${book.title} at all` })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Runs" }).click();
  await expect(page).toHaveURL(/\/app\/runs/);
});
