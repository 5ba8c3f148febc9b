import { somebody, URL } from "./support/stack";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

test("a person signs in, is brought to where they wanted, and signs out", async ({ page }) => {
  const lead = await somebody("lead");
  await page.goto("/app/usage");
  await expect(page).toHaveURL(/\/app\/sign-in\?next=/);
  await page.getByLabel("Email").fill(lead.email);
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("do not belong together");
  await page.getByLabel("Password", { exact: true }).fill(lead.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/app\/usage/);
  await page.getByRole("button", { name: `You: ${lead.name}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/app\/sign-in/);
  await page.goto("/app/books");
  await expect(page).toHaveURL(/\/app\/sign-in/);
});

test("a demonstration person is one click away", async ({ page }) => {
  const editor = await somebody("editor");
  await page.goto("/");
  await expectAccessible(page);
  await page.getByRole("button", { name: `${editor.name} editor` }).click();
  await expect(page.getByRole("heading", { name: "Books" })).toBeVisible();
});

test("an expired session is signed in again in place, and what was begun goes on", async ({ as }) => {
  const { page, person, context } = await as("lead");
  await page.goto("/app/books");
  await expect(page.getByRole("heading", { name: "Books" })).toBeVisible();
  // The token is refused, and so is the one that renews it.
  await context.route(/\/auth\/refresh$/, (route) => route.fulfill({ status: 401, json: {} }));
  let refused = true;
  await context.route(/\/(books|me)(\?|$)/, async (route) => {
    if (route.request().resourceType() === "document" || !refused) return route.continue();
    await route.fulfill({
      status: 401,
      json: { code: "token_expired", status: 401, detail: "", next_step: "" },
    });
  });
  await page.getByRole("combobox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Complete" }).click();
  const dialog = page.getByRole("dialog", { name: "Your sign-in has ended" });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  refused = false;
  await dialog.getByLabel(/^Password/).fill(person.password);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/status=complete/);
  await expect(page.getByRole("status").filter({ hasText: /books?$/ })).toBeVisible();
});

test("signing in works on a phone", async ({ browser }) => {
  const page = await browser.newPage({ baseURL: URL, viewport: { width: 390, height: 844 } });
  await page.goto("/app/sign-in");
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.close();
});
