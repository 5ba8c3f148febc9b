import { addVersion, mayOperate, newcomer, newOrg, pageOf } from "./support/around";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

test("an application is written down, changed, and refuses what cannot be", async ({ browser }) => {
  const owner = await newcomer("Pia Owner");
  await newOrg(owner, "Applications Ltd");
  const page = await pageOf(browser, owner);
  await page.goto("/app/applications");
  await expect(page.getByRole("heading", { name: "The common application serves you" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "New application" }).click();
  await page.getByLabel("Name").fill("Desk");
  await page.getByRole("button", { name: "Write it down" }).click();
  const sheet = page.getByRole("region", { name: "Application Desk" });
  await expect(sheet).toContainText("New: nothing deployed yet");
  await expect(sheet.getByRole("button", { name: "Roll back" })).toBeHidden();
  await sheet.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog", { name: "Change Desk" });
  await dialog.getByLabel("Workers for each version").fill("2");
  await dialog.getByRole("radio", { name: "move to it when they are at rest" }).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(sheet).toContainText("2 workers for each version");
  await expect(sheet).toContainText("move to a new version when they are at rest");
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);
});

test("a version is deployed with its steps live, rolled back, and the application retired", async ({
  browser,
}) => {
  test.skip(!mayOperate, "Versions are made by operators; this product is not ours to operate.");
  test.setTimeout(420_000);
  const LONG = { timeout: 180_000 };
  const mark = Math.random().toString(36).slice(2, 8);
  await addVersion(`1.0.0-${mark}`, "First");
  await addVersion(`1.1.0-${mark}`, "Second");
  const owner = await newcomer("Quin Owner");
  await newOrg(owner, "Deployments Ltd");
  const page = await pageOf(browser, owner);
  await page.goto("/app/applications");
  await page.getByRole("button", { name: "New application" }).click();
  await page.getByLabel("Name").fill("Desk");
  await page.getByRole("button", { name: "Write it down" }).click();
  const sheet = page.getByRole("region", { name: "Application Desk" });
  const deploy = async (build: string): Promise<void> => {
    await sheet.getByRole("button", { name: "Deploy", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Deploy to Desk" });
    await dialog.getByRole("combobox", { name: "Version" }).fill(build);
    await page.getByRole("option", { name: new RegExp(build) }).click();
    await dialog.getByRole("button", { name: "Deploy", exact: true }).click();
    await expect(dialog).toBeHidden();
  };
  const steps = page.getByRole("list", { name: /^Steps:/ });
  const latest = sheet.getByRole("list", { name: "Deployments" }).getByRole("button").first();

  await deploy(`1.0.0-${mark}`);
  await expect(steps.getByText("Claim the database and make its indexes")).toBeVisible(LONG);
  await expect(latest).toContainText("Completed", LONG);
  await expect(steps).toContainText("Give them new work");
  await expect(sheet).toContainText("Serving", LONG);
  await expect(sheet).toContainText(`1.0.0-${mark} (First)`);
  await expectAccessible(page);

  await deploy(`1.1.0-${mark}`);
  await expect(latest).toContainText("Completed", LONG);
  await sheet.getByRole("button", { name: "Roll back" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
  await expect(latest).toContainText("Roll back");
  await expect(latest).toContainText("Completed", LONG);
  await expect(sheet.getByRole("definition").filter({ hasText: `1.0.0-${mark}` })).toBeVisible(LONG);

  await sheet.getByRole("button", { name: "Retire" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retire" }).click();
  await expect(page.getByRole("heading", { name: "The common application serves you" })).toBeVisible(LONG);
  await page.getByText("Archived (1)").click();
  await expect(sheet).toContainText("Archived");
});

test("settings hold who one is, the look, the keys, roles and what is rolled out", async ({ as }) => {
  const { page, person } = await as("lead");
  await page.goto("/app/settings");
  await expect(page.getByText(person.email)).toBeVisible();
  await expect(page.getByRole("row", { name: /Harbour & Finch/ })).toContainText("Member");
  await expect(page.getByRole("row", { name: /Project Bluecan/ })).toContainText("Lead");
  await expect(page.getByText("compose_runs")).toBeVisible();
  await page.getByRole("radiogroup", { name: "Look" }).getByText("Dark").click();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await expectAccessible(page);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.getByRole("button", { name: "Show all keys" }).click();
  await expect(page.getByRole("dialog")).toContainText("Books");
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/sign-in/);
});
