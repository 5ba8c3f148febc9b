/** The map of companies, people, products, markets and customers. */
import type { Page } from "@playwright/test";

import type { Command } from "../src/api/types";
import { withDocuments } from "./support/documents";
import { apiAs, send, type SignedIn, writtenBook } from "./support/stack";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

const mark = (): string => Math.random().toString(36).slice(2, 8);

type Kind = "company" | "person" | "product" | "market" | "customer";

const entity = (id: string, kind: Kind, name: string): Command => ({
  type: "create_entity",
  entity: { id, kind, name, description: "", aliases: [], attributes: {}, sources: [] },
});

const tie = (
  from_id: string,
  kind: string,
  to_id: string,
  strength: "weak" | "medium" | "strong" = "medium",
): Command => ({
  type: "create_relationship",
  relationship: { id: null, from_id, to_id, kind, strength, description: "", sources: [] },
});

const COMPANY: readonly Command[] = [
  entity("wd", "company", "WD-40 Company"),
  entity("rival", "company", "Rocket Chemical Company"),
  entity("spec", "product", "WD-40 Specialist"),
  entity("eimea", "market", "EIMEA"),
  entity("apac", "market", "Asia-Pacific"),
  entity("brass", "person", "Steve Brass"),
  entity("shop", "customer", "Home centers"),
  tie("wd", "sells", "spec", "strong"),
  tie("spec", "sold_in", "eimea"),
  tie("wd", "employs", "brass", "weak"),
  tie("shop", "buys", "spec"),
];

const graphOf = async (person: SignedIn, cimId: string) =>
  (await apiAs(person).GET("/cims/{cim_id}/graph", { params: { path: { cim_id: cimId } } })).data;

const nodes = (page: Page) => page.getByRole("region", { name: "Map of the relationships" });

const choose = async (page: Page, label: string, option: string): Promise<void> => {
  await page.getByLabel(label, { exact: true }).first().click();
  await page.getByRole("option", { name: option, exact: true }).click();
};

test("an empty map is filled from what the documents name, and missing links are suggested and taken", async ({
  as,
}) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Map from documents ${mark()}`, 1, 1);
  await withDocuments(person, book.id, "company_overview.docx");
  await page.goto(`/app/books/${book.id}/map`);
  await expect(page.getByText("Nothing on the map yet")).toBeVisible();
  const named = page.getByRole("region", { name: "Named in the documents" });
  await named.getByRole("button", { name: /^\d+ more$/ }).click();
  await named.getByRole("button", { name: "Add WD-40 Company" }).click();
  await expect(nodes(page).getByText("WD-40 Company")).toBeVisible();
  await named.getByRole("button", { name: "Add Rocket Chemical Company" }).click();
  for (const name of ["Homecare and cleaning", "United Kingdom"])
    await named.getByRole("button", { name: `Add ${name}`, exact: true }).click();
  const missing = page.getByRole("region", { name: "Missing links" }).getByRole("listitem").first();
  await expect(missing).toContainText("Homecare and cleaning sold in United Kingdom");
  await expect(missing).toContainText("company_overview.docx");
  await missing.getByRole("button", { name: /^Add:/ }).click();
  await expect.poll(async () => (await graphOf(person, book.id))?.relationships.length).toBe(1);
  const [taken] = (await graphOf(person, book.id))?.relationships ?? [];
  expect(taken?.sources.length).toBeGreaterThan(0);
  await expectAccessible(page);
});

test("kinds and strength stand on the edges; filters take away; a way between two is shown", async ({
  as,
}) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Map ${mark()}`, 1, 1);
  await send(person, book.id, ...COMPANY);
  await page.goto(`/app/books/${book.id}/map`);
  const map = nodes(page);
  await expect(map.getByText("sells, strong")).toBeVisible();
  await expect(map.getByText("employs, weak")).toBeVisible();
  await expectAccessible(page);

  await page.getByText("People 1").click();
  await expect(map.getByText("Steve Brass")).toBeHidden();
  await expect(map.getByText("employs, weak")).toBeHidden();
  await page.getByText("People 1").click();
  await choose(page, "Strength", "Strong only");
  await expect(map.getByText("sold in, medium")).toBeHidden();
  await expect(map.getByText("sells, strong")).toBeVisible();
  await choose(page, "Strength", "Any strength");

  await choose(page, "Way from", "Steve Brass");
  await choose(page, "Way to", "EIMEA");
  await expect(page.getByRole("status").filter({ hasText: "employs" })).toHaveText(
    "WD-40 Company employs Steve Brass; WD-40 Company sells WD-40 Specialist; WD-40 Specialist sold in EIMEA",
  );
  await expect(map.locator('[data-kind][data-way="true"]')).toHaveCount(4);
  await expect(map.locator('[data-kind][data-faded="true"]')).toHaveCount(3);
  await choose(page, "Way to", "Asia-Pacific");
  await expect(page.getByText("There is no way between them on what is shown.")).toBeVisible();
});

test("a click or Enter opens the entity's sheet, where it is edited, related and asked about", async ({
  as,
}) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Sheet ${mark()}`, 1, 1);
  await send(person, book.id, ...COMPANY);
  await page.goto(`/app/books/${book.id}/map`);
  await nodes(page).getByText("WD-40 Company").click();
  await expect(page).toHaveURL(/map\?entity=wd$/);
  const sheet = page.getByRole("region", { name: "WD-40 Company" });
  await expect(sheet).toContainText("sells WD-40 Specialist");
  await expect(page.getByRole("list", { name: "About" })).toContainText("WD-40 Company");
  await expectAccessible(page);

  await sheet.getByRole("button", { name: "Edit" }).click();
  await sheet.getByLabel("What it is").fill("Maker of maintenance products");
  await sheet.getByRole("button", { name: "Property" }).click();
  await sheet.getByLabel("Property 1", { exact: true }).fill("Seat");
  await page.reload();
  await sheet.getByRole("button", { name: "Edit" }).click();
  await expect(sheet.getByLabel("What it is")).toHaveValue("Maker of maintenance products");
  await sheet.getByLabel("Value of property 1").fill("San Diego");
  await sheet.getByRole("button", { name: "Save", exact: true }).click();
  await expect(sheet.getByText("San Diego")).toBeVisible();

  await sheet.getByRole("button", { name: "Relationship", exact: true }).click();
  await sheet.getByLabel("WD-40 Company …").fill("competes with");
  await page.keyboard.press("Escape");
  await sheet.getByLabel("… whom or what").fill("Rocket");
  await page.getByRole("option", { name: "Rocket Chemical Company" }).click();
  await sheet.getByRole("button", { name: "Add" }).click();
  await expect(sheet.getByText("competes with Rocket Chemical Company")).toBeVisible();
  await expect
    .poll(async () => (await graphOf(person, book.id))?.entities.find(({ id }) => id === "wd"))
    .toMatchObject({ description: "Maker of maintenance products", attributes: { Seat: "San Diego" } });
  await sheet.getByRole("button", { name: "Remove: WD-40 Company employs Steve Brass" }).click();
  await expect(sheet.getByText("employs Steve Brass")).toBeHidden();

  await page.goBack();
  await expect(page.getByRole("region", { name: "Missing links" })).toBeVisible();
  await page.getByRole("group", { name: /EIMEA/ }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "EIMEA" })).toBeVisible();

  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole("region", { name: "EIMEA" })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

test("what a colleague adds appears; three hundred entities can be moved about in", async ({ as }) => {
  test.setTimeout(120_000);
  const { page, person } = await as("lead");
  const colleague = await as("editor");
  const book = await writtenBook(person, `Large map ${mark()}`, 1, 1);
  const kinds: readonly Kind[] = ["company", "person", "product", "market", "customer"];
  const many = Array.from({ length: 299 }, (_, n) =>
    entity(`e${n}`, kinds[n % kinds.length] ?? "company", `Entity number ${n}`),
  );
  const ties = Array.from({ length: 298 }, (_, n) => tie(`e${Math.floor(n / 3)}`, "sells", `e${n + 1}`));
  const commands = [...many, ...ties];
  for (let from = 0; from < commands.length; from += 50)
    await send(person, book.id, ...commands.slice(from, from + 50));
  await page.goto(`/app/books/${book.id}/map`);
  await expect(page.getByText("Companies 60")).toBeVisible({ timeout: 40_000 });
  const one = nodes(page).getByText("Entity number 0", { exact: true });
  await expect(one).toBeVisible();
  await send(colleague.person, book.id, entity("late", "market", "Latecomer"));
  await expect(page.getByText("Markets 60")).toBeVisible();

  const before = await one.boundingBox();
  const frames = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const times: number[] = [];
        const frame = (at: number): void => {
          times.push(at);
          if (times.length < 60) requestAnimationFrame(frame);
          else {
            const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
            resolve(gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0);
          }
        };
        requestAnimationFrame(frame);
      }),
  );
  const pane = page.locator(".react-flow__pane");
  const box = await pane.boundingBox();
  const [x, y] = [(box?.x ?? 0) + 30, (box?.y ?? 0) + 30];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 160, y + 80, { steps: 30 });
  await page.mouse.up();
  const after = await one.boundingBox();
  expect((after?.x ?? 0) - (before?.x ?? 0)).toBeGreaterThan(100);
  test
    .info()
    .annotations.push({ type: "frame while moving, ms (median)", description: (await frames).toFixed(1) });
});
