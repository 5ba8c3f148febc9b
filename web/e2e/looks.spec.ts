/** What a page looks like where little room, little time or paper is given to it. */
import { newBook, writtenBook } from "./support/stack";
import { mark } from "./support/talk";
import { expect, expectNoSidewaysScroll, test } from "./support/test";

test("on a phone the longest title leaves room for everything in the bar", async ({ as }) => {
  const { page, person } = await as("lead");
  const title = `Project Alder ${mark()}: Nordic Industrial Fasteners Group, Confidential Information Memorandum`;
  const book = await newBook(person, title);
  await page.setViewportSize({ width: 390, height: 844 });
  for (const place of ["stages/buyer_persona", "documents", "story"]) {
    await page.goto(`/app/books/${book.id}/${place}`);
    for (const name of ["Menu", "AI panel", /^You:/])
      await expect(page.getByRole("button", { name })).toBeInViewport({ ratio: 1 });
    await expectNoSidewaysScroll(page);
  }
});

test("nothing is said of the documents before they were compared", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `Compared ${mark()}`);
  let answer = (): void => undefined;
  const isAnswered = new Promise<void>((resolve) => (answer = resolve));
  await page.route(/\/findings$/, async (route) => {
    await isAnswered;
    await route.continue();
  });
  await page.goto(`/app/books/${book.id}/documents?tab=contradictions`);
  await expect(page.getByRole("status").filter({ hasText: "Loading the page" }).first()).toBeVisible();
  await expect(page.getByText("The documents agree")).toBeHidden();
  answer();
  await expect(page.getByText("The documents agree")).toBeVisible();
});

test("the book is printed with one slide on each page", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Printed ${mark()}`, 2, 6);
  await page.goto(`/app/books/${book.id}/stages/building_sections`);
  await expect(page.getByRole("heading", { name: "Slide 1 of s1" })).toBeVisible();
  const file = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  expect(file.match(/\/Type\s*\/Page\b/g)).toHaveLength(12);
});
