import { joined, newcomer, newDeal, newOrg, newProject, pageOf } from "./support/around";
import { apiAs } from "./support/stack";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

test("deals are begun, found, ordered, filtered, archived and opened again", async ({ browser }) => {
  test.slow();
  const owner = await newcomer("Dora Owner");
  const orgId = await newOrg(owner, "Deals Ltd");
  const cedar = await newProject(owner, orgId, "Project Cedar");
  const birch = await newProject(owner, orgId, "Project Birch");
  await newDeal(owner, cedar, "Sale 10");
  await newDeal(owner, birch, "Sale 9");
  const page = await pageOf(browser, owner);
  await page.goto("/app/deals");
  const rows = page.getByRole("row").filter({ has: page.getByRole("link") });
  const names = rows.getByRole("cell", { name: /Sale|Carve/ });
  await expect(names).toHaveText(["Sale 9", "Sale 10"]);
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "New deal" });
  await dialog.getByRole("button", { name: "Begin the deal" }).click();
  await expect(dialog.getByText("It needs a name.")).toBeVisible();
  await dialog.getByLabel("Name").fill("Carve-out");
  await dialog.getByRole("button", { name: "Begin the deal" }).click();
  await expect(page.getByRole("heading", { name: "Carve-out" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "No books yet" })).toBeVisible();
  await page.goBack();

  await page.getByRole("combobox", { name: "Order" }).click();
  await page.getByRole("option", { name: "Newest" }).click();
  await expect(names).toHaveText(["Carve-out", "Sale 9", "Sale 10"]);
  await page.getByRole("combobox", { name: "Project" }).click();
  await page.getByRole("option", { name: "Project Birch" }).click();
  await expect(page).toHaveURL(/project=/);
  await expect(names.filter({ hasText: "Sale" })).toHaveText(["Sale 9"]);
  await expectAccessible(page);
  await page.goto("/app/deals");
  await expect(names).toHaveCount(3);
  await page.keyboard.press("f");
  await page.keyboard.type("cedar sale");
  await expect(names).toHaveText(["Sale 10"]);
  await page.getByRole("link", { name: "Sale 10" }).click();
  await page.getByRole("button", { name: "Archive" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Archive" }).click();
  await expect(page.getByText(/archived: its books can be read/)).toBeVisible();
  await expect(page.getByRole("button", { name: "New book" })).toBeHidden();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "No deal like that" })).toBeVisible();
  await page.getByRole("combobox", { name: "Which deals" }).click();
  await page.getByRole("option", { name: "Archived" }).click();
  await page.getByRole("link", { name: "Sale 10" }).click();
  await page.getByRole("button", { name: "Open again" }).click();
  await expect(page.getByText(/archived: its books/)).toBeHidden();
});

test("a deal's books are found, ordered and opened; a reader is not offered more", async ({ browser }) => {
  test.slow();
  const owner = await newcomer("Erik Owner");
  const orgId = await newOrg(owner, "Books Ltd");
  const projectId = await newProject(owner, orgId, "Project Elm");
  const dealId = await newDeal(owner, projectId, "Sale of Elm");
  for (const title of ["Elm 10", "Elm 9", "Annex"])
    await apiAs(owner).POST("/cims", { body: { deal_id: dealId, title } });
  const reader = await joined(owner, orgId, "Vera Viewer", {
    org_role: "member",
    project_id: projectId,
    project_role: "viewer",
  });
  const page = await pageOf(browser, reader);
  await page.goto(`/app/deals/${dealId}`);
  const rows = page.getByRole("row").filter({ has: page.getByRole("link") });
  await expect(rows).toHaveCount(3);
  for (const name of ["New book", "Rename", "Archive"])
    await expect(page.getByRole("button", { name })).toBeHidden();
  await page.getByRole("combobox", { name: "Order" }).click();
  await page.getByRole("option", { name: "Title" }).click();
  await expect(rows.getByRole("link")).toHaveText(["Annex", "Elm 9", "Elm 10"]);
  await page.getByLabel("Find a book").fill("elm 10");
  await expect(rows).toHaveCount(1);
  await expectAccessible(page);
  await rows.getByRole("link").click();
  await expect(page).toHaveURL(/\/app\/books\/[0-9a-f]/);
});

test("thousands of deals and of books are walked through", async ({ browser }) => {
  test.slow();
  const owner = await newcomer("Finn Owner");
  const orgId = await newOrg(owner, "Thousands Ltd");
  const projectId = await newProject(owner, orgId, "Project Fir");
  const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const page = await pageOf(browser, owner);
  // The API as it is, but with more than a test can make.
  await page.route(/\/deals\?/, (route) =>
    route.request().resourceType() === "document"
      ? route.continue()
      : route.fulfill({
          json: {
            items: Array.from({ length: 2_500 }, (_, number) => ({
              id: id(number),
              name: `Deal ${number}`,
              project_id: projectId,
              created_at: "2026-01-01T00:00:00Z",
              archived_at: null,
            })),
            next_cursor: null,
          },
        }),
  );
  const total = 2_000;
  await page.route(/\/books\?/, async (route) => {
    if (route.request().resourceType() === "document") return route.continue();
    const query = new URL(route.request().url()).searchParams;
    const from = Number(query.get("cursor") ?? 0);
    const items = Array.from({ length: Math.min(200, total - from) }, (_, number) => ({
      id: `book${from + number}`,
      deal_id: query.get("deal_id"),
      owner_id: "o",
      title: `Book ${from + number}`,
      status: "in_progress",
      stage: "outline",
      slide_counts: { draft: 1, needs_review: 1, approved: 2 },
      stale: 0,
      rev: 1,
      updated_at: new Date(1.7e12 - (from + number) * 1e6).toISOString(),
    }));
    await route.fulfill({ json: { items, next_cursor: from + 200 < total ? String(from + 200) : null } });
  });
  await page.goto("/app/deals");
  await expect(page.getByText("2,500 deals")).toBeVisible();
  expect(await page.getByRole("row").count()).toBeLessThan(60);
  await page.getByRole("button", { name: "next page" }).click();
  await expect(page.getByRole("link", { name: "Deal 50", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "last page" }).click();
  await page.getByRole("link", { name: "Deal 2499" }).click();
  await expect(page.getByText("200 and more")).toBeVisible();
  await page.getByRole("rowgroup").hover();
  await expect(async () => {
    await page.mouse.wheel(0, 40_000);
    await expect(page.getByText("Book 1999", { exact: true })).toBeVisible({ timeout: 200 });
  }).toPass({ timeout: 30_000 });
  expect(await page.getByRole("row").count()).toBeLessThan(80);
});

test("whoever only runs the organisation is told why no books are shown", async ({ as }) => {
  const { page } = await as("admin");
  await page.goto("/app/deals");
  await page
    .getByRole("row")
    .filter({ has: page.getByRole("link") })
    .first()
    .getByRole("link")
    .first()
    .click();
  await expect(page.getByRole("heading", { name: "Its books are not shown to you" })).toBeVisible();
});

test("deals fit a phone", async ({ as }) => {
  const { page } = await as("lead");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/app/deals");
  await expect(page.getByRole("table")).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page
    .getByRole("row")
    .filter({ has: page.getByRole("link") })
    .first()
    .getByRole("link")
    .first()
    .click();
  await expect(page.getByRole("button", { name: "New book" }).first()).toBeVisible();
  await expectNoSidewaysScroll(page);
});
