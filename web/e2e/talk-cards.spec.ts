/** What the AI asks people: questions, changes to confirm, plans; answered here, elsewhere, or not at all. */
import type { Page } from "@playwright/test";

import { apiAs, newBook, readBook, send } from "./support/stack";
import { answered, field, lastAnswer, mark, openTalk, say, SPOKEN, UNSPOKEN } from "./support/talk";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

test.skip(SPOKEN === "", UNSPOKEN);

const question = (page: Page) => page.getByRole("region", { name: "Question" });
const confirmation = (page: Page) => page.getByRole("region", { name: "May I change this?" });

test("a question is answered in one's own words, with what the answer affects", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Free ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Who is the buyer?");
  await expect(question(page)).toContainText("The persona is written for them.");
  await expect(lastAnswer(page)).toContainText("Waits for your answer");
  await expectAccessible(page);
  await page.getByRole("button", { name: "The AI waits for an answer" }).click();
  await page.keyboard.type("A sponsor from the Nordics");
  await page.keyboard.press("Enter");
  await answered(lastAnswer(page));
  await expect(question(page)).toContainText("A sponsor from the Nordics · Answered by you");
  await expect(lastAnswer(page)).toContainText("Noted.");
});

test("one of several is chosen by its number", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Single ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Which buyer is it?");
  await expect(question(page)).toContainText("It sets the tone of the book.");
  await expect(question(page).getByRole("radio")).toHaveCount(3);
  await field(page).blur();
  await page.keyboard.press("2");
  await expect(question(page).getByRole("radio", { name: "A sponsor" })).toBeChecked();
  await page.keyboard.press("3");
  await expect(question(page).getByRole("radio", { name: "A family office" })).toBeChecked();
  await expect(question(page).getByRole("radio", { name: "A sponsor" })).not.toBeChecked();
  await page.keyboard.press("Enter");
  await answered(lastAnswer(page));
  await expect(question(page)).toContainText("A family office · Answered by you");
});

test("several are chosen together, with a remark", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Several ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Which markets come first?");
  await expect(question(page).getByRole("checkbox")).toHaveCount(3);
  await expect(question(page).getByRole("button", { name: "Answer" })).toBeDisabled();
  await field(page).blur();
  await page.keyboard.press("1");
  await page.keyboard.press("2");
  await page.keyboard.press("3");
  await page.keyboard.press("2");
  await question(page).getByLabel("A remark").fill("In this order.");
  await question(page).getByRole("button", { name: "Answer" }).click();
  await answered(lastAnswer(page));
  await expect(question(page)).toContainText("Benelux, Iberia: In this order. · Answered by you");
});

test("a question that waits for days says so, and whoever has the book open is reminded of it", async ({
  as,
}) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Reminded ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Who is the buyer?");
  await expect(question(page)).toBeVisible();
  await expect(page).toHaveTitle(`(1) ${book.title} · Bookrunner`);
  const { data } = await apiAs(person).GET("/cims/{cim_id}/requests", {
    params: { path: { cim_id: book.id } },
  });
  const asked = data?.items[0];
  if (!asked) throw new Error("Nothing is asked.");

  // Three days later, as the API tells it then.
  const since = new Date(Date.now() - 3 * 86_400_000 - 60_000).toISOString();
  await page.route(`**/cims/${book.id}/requests*`, async (route) => {
    // Slow enough that the reminder asks for them while they are read.
    await new Promise((resolve) => setTimeout(resolve, 600));
    await route.fulfill({
      json: { items: [{ ...asked, opened_at: since, reminders: 2, reminded_at: new Date().toISOString() }] },
    });
  });
  const reminder = {
    request_id: asked.id,
    run_id: asked.run_id,
    kind: asked.kind,
    waits_since: since,
    count: 2,
  };
  await page.route(
    `**/cims/${book.id}/stream*`,
    (route) =>
      route.fulfill({
        contentType: "text/event-stream",
        body: `event: reminder\ndata: ${JSON.stringify(reminder)}\n\n`,
      }),
    { times: 1 },
  );
  await page.reload();
  await expect(page.getByText("The AI waits for an answer since")).toBeVisible();
  await expect(page.getByText("Who is the buyer? (Reminded twice.)")).toBeVisible();
  await expect(question(page)).toContainText(/Waits since .*, reminded twice/);
  await expectAccessible(page);

  await page.unroute(`**/cims/${book.id}/requests*`);
  await question(page).getByRole("textbox").fill("A sponsor");
  await page.keyboard.press("Enter");
  await answered(lastAnswer(page));
  await expect(page).toHaveTitle(`${book.title} · Bookrunner`);
});

const PERSONA = { type: "Strategic buyer", motivations: ["Cash generation"], concerns: ["Entry valuation"] };

test("a change is shown as what goes and what comes, and made once it is approved", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Approved ${mark()}`);
  await send(person, book.id, { type: "save_buyer_persona", persona: PERSONA });
  await openTalk(page, book.id);
  await say(page, "Please have a look at the persona.");
  await expect(confirmation(page).locator("del", { hasText: "Strategic buyer" })).toBeVisible();
  await expect(confirmation(page).locator("ins", { hasText: "Financial sponsor" })).toBeVisible();
  await expect(confirmation(page).locator("ins", { hasText: "Customer concentration" })).toBeVisible();
  await expect(confirmation(page).locator("del"), "what stays is not struck through").toHaveCount(1);
  await expectAccessible(page);
  expect((await readBook(person, book.id)).artifacts.buyer_persona?.value).toMatchObject(PERSONA);

  await confirmation(page).getByRole("button", { name: "Approve" }).click();
  await answered(lastAnswer(page));
  await expect(confirmation(page)).toContainText("Approved · Answered by you");
  expect((await readBook(person, book.id)).artifacts.buyer_persona?.value).toMatchObject({
    type: "Financial sponsor",
  });

  const line = lastAnswer(page).getByRole("button", { name: /Save buyer persona/ });
  await expect(line).toContainText("done");
  await line.click();
  await expect(lastAnswer(page)).toContainText("Confirmed by a person.");
  await expect(lastAnswer(page).locator("pre", { hasText: "Customer concentration" }).first()).toBeVisible();
});

test("a change that is denied is not made, and the AI hears why", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Denied ${mark()}`);
  await send(person, book.id, { type: "save_buyer_persona", persona: PERSONA });
  await openTalk(page, book.id);
  await say(page, "Please have a look at the persona.");
  await confirmation(page).getByRole("button", { name: "Deny …" }).click();
  await page.keyboard.type("Not agreed yet.");
  await confirmation(page).getByRole("button", { name: "Deny" }).click();
  await answered(lastAnswer(page));
  await expect(confirmation(page)).toContainText("Denied: Not agreed yet. · Answered by you");
  await expect(lastAnswer(page).getByRole("button", { name: /Save buyer persona/ })).toContainText("denied");
  expect((await readBook(person, book.id)).artifacts.buyer_persona?.value).toMatchObject(PERSONA);
});

test("what is answered in another browser is shown as answered everywhere", async ({ as }) => {
  const asking = await as("lead", SPOKEN);
  const answering = await as("editor", SPOKEN);
  const book = await newBook(asking.person, `Elsewhere ${mark()}`);
  await openTalk(asking.page, book.id);
  await openTalk(answering.page, book.id);
  await say(asking.page, "Which buyer is it?");
  await expect(question(asking.page).getByRole("radio")).toHaveCount(3);
  await question(answering.page).getByText("A sponsor").click();
  await question(answering.page).getByRole("button", { name: "Answer" }).click();
  await expect(question(answering.page)).toContainText("A sponsor · Answered by you");
  await expect(question(asking.page)).toContainText("A sponsor · Answered by a colleague");
  await expect(question(asking.page).getByRole("radio")).toHaveCount(0);
});

test("a question that the talk went past is shown as no longer asked", async ({ as }) => {
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Passed ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Which buyer is it?");
  await expect(question(page).getByRole("radio")).toHaveCount(3);
  await say(page, "Answer at once.");
  await expect(question(page)).toContainText("No longer asked: the talk went on");
  await answered(lastAnswer(page));
  await expect(page.getByText("At once, then.")).toBeVisible();

  await say(page, "Which markets come first?");
  await expect(question(page).last().getByRole("checkbox")).toHaveCount(3);
  await page.keyboard.press("Escape");
  await expect(question(page).last()).toContainText("No longer asked: the run was stopped");
});

test("what is typed into a card stays when others say something", async ({ as }) => {
  const typing = await as("lead", SPOKEN);
  const book = await newBook(typing.person, `Typed ${mark()}`);
  await openTalk(typing.page, book.id);
  await say(typing.page, "Who is the buyer?");
  await question(typing.page).getByLabel("Your answer").fill("Half an answer");
  await send(typing.person, book.id, { type: "rename", title: `Renamed ${mark()}` });
  await expect(typing.page.getByText(/Renamed/).first()).toBeVisible();
  await expect(question(typing.page).getByLabel("Your answer")).toHaveValue("Half an answer");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("questions are answered in the sheet", async ({ as }) => {
    const { page, person } = await as("lead", SPOKEN);
    const book = await newBook(person, `Phone ${mark()}`);
    await page.goto(`/app/books/${book.id}`);
    await page.getByRole("button", { name: "AI panel", exact: true }).click();
    await say(page, "Which buyer is it?");
    await expect(question(page).getByRole("radio")).toHaveCount(3);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await question(page).getByText("A sponsor").click();
    await question(page).getByRole("button", { name: "Answer" }).click();
    await answered(lastAnswer(page));
    await expect(question(page)).toContainText("A sponsor · Answered by you");
    await page.getByRole("button", { name: "Close" }).click();
    await expect(field(page)).toBeHidden();
  });
});
