/** The market builder: five tables, each held against itself and the documents. */
import type { Page } from "@playwright/test";

import { apiAs, newBook, type SignedIn } from "./support/stack";
import { giveDocument, mark } from "./support/talk";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

const entitiesOf = async (person: SignedIn, cimId: string) =>
  (await apiAs(person).GET("/cims/{cim_id}/graph", { params: { path: { cim_id: cimId } } })).data?.entities ??
  [];

const add = async (page: Page, what: string, name: string): Promise<void> => {
  await page.getByLabel(`New ${what}`).fill(name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("table").locator(`input[value="${name}"]`)).toBeVisible();
};

const write = async (page: Page, cell: string, text: string): Promise<void> => {
  await page.getByLabel(cell, { exact: true }).fill(text);
  await page.keyboard.press("Enter");
};

const consistency = (page: Page) => page.getByRole("status", { name: "Consistency" });

test("segments and regions are held against the documents, their shares against the sum", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `Market ${mark()}`);
  await giveDocument(person, book.id, "customers_and_channels.csv");
  await page.goto(`/app/books/${book.id}/market?tab=geography`);
  await expect(page.getByText("No region yet.")).toBeVisible();
  const offered = page.getByRole("region", { name: "In the documents" });
  await offered.getByRole("button", { name: "Add Americas" }).click();
  await offered.getByRole("button", { name: "Add EIMEA" }).click();
  const sales = page.getByLabel("Net sales of Americas", { exact: true });
  await expect(sales).toHaveValue("281.9");
  await expect(consistency(page)).toContainText("hold together");

  await write(page, "Net sales of Americas", "291.9");
  await expect(consistency(page)).toContainText(
    "Americas: 291.9 in FY2024, but the documents say 281.9 USD million",
  );
  await expect(consistency(page).getByRole("link")).toContainText("customers_and_channels.csv");
  await expect(page.getByRole("tab", { name: "Geography (1 to mend)" })).toBeVisible();
  await expect(sales).toHaveAttribute("aria-invalid", "true");
  await write(page, "Net sales of Americas", "281.9");
  await expect(consistency(page)).toContainText("hold together");

  await write(page, "Share, % of Americas", "70");
  await write(page, "Share, % of EIMEA", "44");
  await expect(consistency(page)).toContainText("Shares add up to 114%, more than the whole.");
  await write(page, "Share, % of Americas", "56");
  await expect(consistency(page)).toContainText("hold together");
  await expect
    .poll(async () => (await entitiesOf(person, book.id)).find(({ name }) => name === "Americas")?.attributes)
    .toMatchObject({ "Net sales": "281.9", "Share, %": "56", Period: "FY2024" });
  await expectAccessible(page);

  // The same region in another table is the same entity.
  await page.getByRole("tab", { name: "Segments" }).click();
  await add(page, "segment", "Americas");
  expect((await entitiesOf(person, book.id)).filter(({ name }) => name === "Americas")).toHaveLength(1);
  await page.getByRole("button", { name: "Remove Americas" }).click();
  await expect(page.getByText("No segment yet.")).toBeVisible();
  await page.goBack();
  await expect(sales).toHaveValue("281.9");
});

test("competitors, rules and events are kept, checked and in order; a colleague sees them", async ({
  as,
}) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `Rules ${mark()}`);
  await page.goto(`/app/books/${book.id}/market?tab=competitors`);
  await add(page, "competitor", "Regional lubricants");
  await add(page, "competitor", "Private labels");
  await write(page, "Share, % of Regional lubricants", "some");
  await expect(consistency(page)).toContainText("Share, % is “some”, which is no number.");
  await write(page, "Share, % of Regional lubricants", "12");
  await expect(consistency(page)).toContainText("hold together");

  await page.getByRole("tab", { name: "Regulation" }).click();
  await add(page, "rule", "Volatile compounds");
  await write(page, "In force of Volatile compounds", "2024-02-30");
  await expect(consistency(page)).toContainText("“2024-02-30” is no date.");
  await write(page, "In force of Volatile compounds", "2024-07-01");
  await expect(consistency(page)).toContainText("hold together");

  await page.getByRole("tab", { name: "Timeline" }).click();
  await add(page, "event", "Price increase");
  await write(page, "Date of Price increase", "2023-10");
  await add(page, "event", "First rival");
  await write(page, "Date of First rival", "2019");
  await expect(page.getByLabel("Name of the event").first()).toHaveValue("First rival");

  // What is typed outlives the page.
  await page.getByLabel("Effect of Price increase").fill("Prices up by 4%");
  await page.reload();
  await expect(page.getByLabel("Effect of Price increase")).toHaveValue("Prices up by 4%");
  await page.getByLabel("Effect of Price increase").press("Enter");
  await expect
    .poll(
      async () =>
        (await entitiesOf(person, book.id)).find(({ name }) => name === "Price increase")?.attributes,
    )
    .toMatchObject({ Effect: "Prices up by 4%" });

  const colleague = await as("reviewer");
  await colleague.page.goto(`/app/books/${book.id}/market?tab=timeline`);
  await expect(colleague.page.getByLabel("Effect of Price increase")).toHaveValue("Prices up by 4%");
  await expect(colleague.page.getByLabel("New event")).toBeHidden();

  // Rules and events are no part of the map; competitors are.
  await page.goto(`/app/books/${book.id}/map`);
  await expect(page.getByText("Companies 2")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Markets 0")).toBeVisible();
  await page.goto(`/app/books/${book.id}/market?tab=timeline`);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole("tab", { name: "Timeline" })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});
