/** The run monitor: trees of agents, status, timings, cost, the log; stopped, taken up again, found in Temporal. */
import { apiAs, newBook, send } from "./support/stack";
import { answered, giveDocument, lastAnswer, mark, openTalk, say, SPOKEN, UNSPOKEN } from "./support/talk";
import { expect, expectAccessible, test } from "./support/test";

test("a run tells its status, how long it took, its agents, steps and calls, and is one with Temporal's", async ({
  as,
}) => {
  const { page, person, context } = await as("lead");
  const book = await newBook(person, `Run ${mark()}`);
  await giveDocument(person, book.id, "financials.xlsx");
  await openTalk(page, book.id);
  await say(page, "What were net sales in FY2024?");
  await answered(lastAnswer(page));
  await lastAnswer(page).getByRole("link", { name: "Run" }).click();
  await expect(page.getByRole("heading", { name: "Answer in the talk" })).toBeVisible();
  await expect(page.getByText(/^took \d/)).toBeVisible();
  const agents = page.getByRole("region", { name: "Agents" });
  await expect(agents.getByText("assistant")).toBeVisible();
  await expect(agents.getByText("Completed")).toBeVisible();
  await expect(agents.getByText(/\d+ steps? · \d/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Fork from here/ }).first()).toBeVisible();
  await expectAccessible(page);

  const runId = page.url().split("/").at(-1) ?? "";
  const address = await page.getByRole("link", { name: "In the Temporal UI" }).getAttribute("href");
  const temporal = await context.newPage();
  await temporal.goto(address ?? "");
  await expect(temporal.getByText(`run/${book.id}/${runId}`).first()).toBeVisible({ timeout: 30_000 });
  await expect(temporal.getByText("Completed").first()).toBeVisible({ timeout: 30_000 });
  await temporal.close();

  await page.getByRole("link", { name: "Runs", exact: true }).first().click();
  const row = page.getByRole("row").filter({ hasText: book.title });
  await expect(row).toContainText("Answer in the talk");
  await expect(row).toContainText("Completed");
  await expectAccessible(page);
});

test("a run tells what its models cost while it goes on, is cancelled from there, and resumed", async ({
  as,
}) => {
  test.skip(SPOKEN === "", UNSPOKEN);
  const { page, person } = await as("lead", SPOKEN);
  const book = await newBook(person, `Cost ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Which buyer is it?");
  await expect(page.getByRole("region", { name: "Question" })).toBeVisible();
  await lastAnswer(page).getByRole("link", { name: "Run" }).click();
  await expect(page.getByText("Waits for you").first()).toBeVisible();
  await page.goto("/app/runs");
  const row = page.getByRole("row").filter({ hasText: book.title });
  await expect(row).toContainText("Waits for you");
  const colleague = await as("editor", SPOKEN);
  await colleague.page.goto("/app/runs");
  const theirs = colleague.page.getByRole("row").filter({ hasText: book.title });
  await expect(theirs).toContainText(`Waits for ${person.name}`);
  await theirs.getByRole("link", { name: "Answer in the talk" }).click();
  await expect(colleague.page.getByText(`Waits for ${person.name}`).first()).toBeVisible();
  await page.getByRole("radiogroup", { name: "Which runs" }).getByText("Running", { exact: true }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole("radiogroup", { name: "Which runs" }).getByText("Waiting", { exact: true }).click();
  await row.getByRole("link", { name: "Answer in the talk" }).click();
  await expect(page.getByText(/^cost: (under )?\$0\.\d\d$/)).toBeVisible();
  await expect(page.getByTitle(/1 call of a model, [\d,]+ tokens in/)).toBeVisible();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await expect(page.getByText("Cancelled").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Cancel the run" })).toHaveCount(0);
  const cancelled = page.url();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page).not.toHaveURL(cancelled);
  await expect(page.getByText("Waits for you").first()).toBeVisible();
});

test("a forked step goes on as a run of its own", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `Forked ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Which slides are there?");
  await answered(lastAnswer(page));
  await lastAnswer(page).getByRole("link", { name: "Run" }).click();
  const first = page.url();
  await page
    .getByRole("button", { name: /^Fork from here/ })
    .first()
    .click();
  await expect(page).not.toHaveURL(first);
  await expect(page).toHaveURL(/\/app\/runs\/\w+/);
  await expect(page.getByRole("region", { name: "Agents" }).getByText("Completed")).toBeVisible({
    timeout: 30_000,
  });
});

test("a composed book: cancelled, taken up again, its plan changed and approved, written by a tree of agents", async ({
  as,
}) => {
  test.setTimeout(240_000);
  const { page, person } = await as("lead");
  const book = await newBook(person, `Composed ${mark()}`);
  await giveDocument(person, book.id, "financials.xlsx");
  await send(
    person,
    book.id,
    {
      type: "save_buyer_persona",
      persona: { type: "Financial sponsor", motivations: ["Cash generation"], concerns: ["Entry valuation"] },
    },
    {
      type: "save_hero_context",
      hero: {
        selected_hero: "Reach",
        investment_thesis: { asset: "The brand", timing: "Growth now", opportunity: "New markets" },
      },
    },
    {
      type: "save_outline",
      sections: [
        { id: "summary", title: "Summary", description: "Net sales and profit" },
        { id: "financials", title: "Financials", description: "Net sales, gross profit, cash flow" },
      ],
    },
  );
  const { data: started } = await apiAs(person).POST("/cims/{cim_id}/runs", {
    params: { path: { cim_id: book.id } },
    body: {
      kind: "compose",
      instruction: "",
      section_ids: [],
      plan_approval: true,
      writers_at_once: 2,
      review_rounds: 1,
    },
  });
  await page.goto(`/app/runs/${started?.run_id ?? ""}`);
  await expect(page.getByText("Waits for you").first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await expect(page.getByText("Cancelled").first()).toBeVisible();
  const cancelled = page.url();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page).not.toHaveURL(cancelled);
  await expect(page.getByText("Waits for you").first()).toBeVisible({ timeout: 60_000 });
  const resumed = page.url();

  await openTalk(page, book.id);
  const plans = page.getByRole("region", { name: "Plan to look over" });
  await expect(plans.first()).toContainText("No longer asked: the run was stopped");
  const plan = plans.last();
  await expect(plan).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
  const slides = plan.getByRole("group").getByRole("textbox");
  const planned = await slides.count();
  expect(planned).toBeGreaterThan(1);
  const title = `Told anew ${mark()}`;
  await slides.first().fill(title);
  await plan
    .getByRole("button", { name: /^Leave out/ })
    .last()
    .click();
  await plan.getByRole("button", { name: `Approve as changed (${planned - 1} slides)` }).click();
  await expect(plan).toContainText("Approved · Answered by you");

  await page.goto(resumed);
  await expect(page.getByRole("heading", { name: "Compose the book" })).toBeVisible();
  const agents = page.getByRole("region", { name: "Agents" });
  await expect(agents.getByText("planner")).toBeVisible();
  await expect(agents.getByText("writer").first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Cancel the run" })).toHaveCount(0, { timeout: 120_000 });
  const log = page.getByRole("region", { name: "Log" });
  await expect(log.getByText("writer Financials began")).toBeVisible();
  await expect(log.getByText("writer Financials completed")).toBeVisible();
  await expectAccessible(page);
  await expect
    .poll(async () => {
      const { data } = await apiAs(person).GET("/cims/{cim_id}/slides", {
        params: { path: { cim_id: book.id } },
      });
      return data?.items.some((slide) => slide.title === title);
    })
    .toBe(true);
});
