/** The talk: branches, what is typed, mentions, modes, and answers that link to passages. */
import { newBook } from "./support/stack";
import {
  answered,
  answers,
  field,
  giveDocument,
  lastAnswer,
  mark,
  openTalk,
  saidIn,
  say,
} from "./support/talk";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

test("a message is answered, edited on a branch of its own, and both branches stay", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `Branches ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "What were net sales in FY2024?");
  await answered(lastAnswer(page));

  await page.getByRole("button", { name: "Edit this message" }).click();
  await page.getByLabel("The message, said differently").fill("What were net sales in FY2023?");
  await page.getByRole("button", { name: "Send on a new branch" }).click();
  await expect(page.getByText("2/2")).toBeVisible();
  await expect(page.getByText("What were net sales in FY2024?")).toHaveCount(0);
  await answered(lastAnswer(page));

  await page.getByRole("button", { name: "Earlier branch" }).click();
  await expect(page.getByText("1/2")).toBeVisible();
  await expect(page.getByText("What were net sales in FY2024?")).toBeVisible();
  await expect(page.getByText("What were net sales in FY2023?")).toHaveCount(0);
});

test("what is typed is there again after the page was left at once", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `Typed ${mark()}`);
  await openTalk(page, book.id);
  await field(page).pressSequentially("Half a thought");
  await page.reload();
  await expect(field(page)).toHaveValue("Half a thought");
  await page.goto("/app/books");
  await openTalk(page, book.id);
  await expect(field(page)).toHaveValue("Half a thought");
});

test("Enter sends, Shift and Enter begins a line, / comes back to the field", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `Keys ${mark()}`);
  await openTalk(page, book.id);
  await page.keyboard.press("/");
  await expect(field(page)).toBeFocused();
  await page.keyboard.type("One");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("Two");
  await page.keyboard.press("Enter");
  await answered(lastAnswer(page));
  expect((await saidIn(person, book.id))[0]?.text).toBe("One\nTwo");
});

test("an @ names an agent, a slide or a document by keys alone", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `Mentions ${mark()}`);
  await giveDocument(person, book.id, "management_interview.md");
  await openTalk(page, book.id);
  await field(page).pressSequentially("Ask @rese");
  await expect(page.getByRole("option", { name: /research/ })).toBeVisible();
  await field(page).press("Enter");
  await expect(field(page)).toHaveValue("Ask @research ");
  const about = page.getByRole("list", { name: "About" });
  await expect(about).toContainText("research");

  await field(page).pressSequentially("about @interview");
  await expect(page.getByRole("option", { name: /management_interview/ })).toBeVisible();
  await field(page).press("Tab");
  await expect(about).toContainText("Document: management_interview.md");
  await field(page).press("Enter");
  await answered(lastAnswer(page));
  const [message, answer] = await saidIn(person, book.id);
  expect(message?.mentions).toContain("research");
  expect(message?.mentions).toHaveLength(2);
  expect(answer?.author.id).toBe("research");
});

test("the mode is kept, and goes with the message", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `Modes ${mark()}`);
  await openTalk(page, book.id);
  const modes = page.getByRole("radiogroup", { name: "Mode" });
  await modes.getByText("Ask", { exact: true }).click();
  await page.reload();
  await expect(modes.getByRole("radio", { name: "Ask" })).toBeChecked();
  await say(page, "Which slides are there?");
  await answered(lastAnswer(page));
  await modes.getByText("Revise", { exact: true }).click();
  await say(page, "Which slides need review?");
  await expect(answers(page)).toHaveCount(2);
  await answered(lastAnswer(page));
  const said = (await saidIn(person, book.id)).filter(({ role }) => role === "user");
  expect(said.map(({ mode }) => mode)).toEqual(["ask", "revise"]);
});

test("a figure of an answer tells its source and opens the passage", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `Cited ${mark()}`);
  await giveDocument(person, book.id, "financials.xlsx");
  await openTalk(page, book.id);
  await say(page, "What were net sales in FY2024?");
  await answered(lastAnswer(page));
  await expect(lastAnswer(page)).toContainText("590.6");
  await expectAccessible(page);
  const source = lastAnswer(page)
    .getByRole("link", { name: /^Source 1: financials\.xlsx/ })
    .first();
  await source.hover();
  await expect(page.getByText(/590[.,]6/).last()).toBeVisible();
  await source.click();
  await expect(page).toHaveURL(/\/documents\?.*passage=/);
  await expect(page.locator("mark", { hasText: "590.6" }).first()).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the talk is a sheet, and works as a whole", async ({ as }) => {
    const { page, person } = await as("lead");
    const book = await newBook(person, `Phone ${mark()}`);
    await page.goto(`/app/books/${book.id}`);
    await page.getByRole("button", { name: "AI panel", exact: true }).click();
    await expectAccessible(page);
    await say(page, "What were net sales in FY2024?");
    await answered(lastAnswer(page));
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });
});
