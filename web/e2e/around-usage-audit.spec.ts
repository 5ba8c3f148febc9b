import { readFile } from "node:fs/promises";

import { given, newcomer, newOrg, pageOf } from "./support/around";
import { apiAs, newBook } from "./support/stack";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

test("what the AI used is seen by who pays: over time, by work, model and person", async ({ as }) => {
  test.slow();
  const lead = await as("lead");
  const book = await newBook(lead.person, "Usage");
  const org = given(await apiAs(lead.person).GET("/me")).organisations[0]?.org_id ?? "";
  const calls = async (): Promise<number> =>
    given(await apiAs(lead.person).GET("/usage", { params: { query: { org_id: org } } })).total.calls;
  const before = await calls();
  given(
    await apiAs(lead.person).POST("/cims/{cim_id}/messages", {
      params: { path: { cim_id: book.id } },
      body: {
        text: "What is still open in this book?",
        mode: "ask",
        mentions: [],
        policy: "enqueue",
        thread_id: "main",
      },
    }),
  );
  await expect.poll(calls, { timeout: 60_000 }).toBeGreaterThan(before);

  const { page } = await as("billing");
  await page.goto("/app/usage");
  await expect(page.getByText("The organisation, this month")).toBeVisible();
  await expect(page.getByText("No budget is set.").first()).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: /for [\d,]+ calls?/ })).toBeVisible();
  await page.getByRole("radiogroup", { name: "What is counted" }).getByText("Calls").click();
  await expect(page.getByRole("img", { name: /Calls over time. The most was/ })).toBeVisible();
  await expect(page.locator(".recharts-bar-rectangle path").first()).toBeVisible();
  await expectAccessible(page);
  await expect(page.getByRole("cell", { name: "Talk" })).toBeVisible();
  await page.getByRole("radiogroup", { name: "Broken down" }).getByText("By person").click();
  await expect(page.getByRole("columnheader", { name: "Person" })).toBeVisible();
  await page.getByRole("radiogroup", { name: "Span of time" }).getByText("12 months").click();
  await expect(page).toHaveURL(/span=year/);
  await expect(page.getByRole("img", { name: /Calls over time/ })).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);

  const editor = await as("editor");
  await editor.page.goto("/app/usage");
  await expect(editor.page.getByText("You, this month")).toBeVisible();
  await expect(editor.page.getByText("The organisation, this month")).toBeHidden();
});

test("budgets say how much is left, and when they are used up", async ({ as }) => {
  const { page } = await as("lead");
  const budget = {
    org_id: "o",
    month: "2026-11-01T00:00:00Z",
    usd_per_month: 100,
    usd_per_person_per_month: 20,
  };
  await page.route(/\/budgets\?/, (route) =>
    route.fulfill({ json: { ...budget, spent_usd: 40, spent_by_you_usd: 20.5 } }),
  );
  await page.goto("/app/usage");
  const budgets = page.getByRole("region", { name: "Budget of November 2026" });
  await expect(budgets).toContainText("$40.00 of $100.00");
  await expect(budgets).toContainText("$60.00 left.");
  await expect(budgets).toContainText("The budget is used up");
  await expect(budgets.getByRole("progressbar", { name: /The organisation.*40 percent/ })).toBeVisible();
  await expectAccessible(page);
});

test("the audit log is filtered, opened, exported and checked", async ({ browser }) => {
  test.slow();
  const owner = await newcomer("Alma Owner");
  const orgId = await newOrg(owner, "Audit Ltd");
  for (let number = 0; number < 3; number += 1)
    given(
      await apiAs(owner).POST("/orgs/{org_id}/teams", {
        params: { path: { org_id: orgId } },
        body: { name: `Team ${number}` },
      }),
    );
  const page = await pageOf(browser, owner);
  await page.goto("/app/audit");
  const log = page.getByRole("table", { name: "Audit log" });
  const rows = log.getByRole("row").filter({ has: page.getByRole("button") });
  await expect(rows.filter({ hasText: "Team created" })).toHaveCount(3);
  await expectAccessible(page);
  await page.getByRole("combobox", { name: "What" }).fill("team.");
  await expect(page).toHaveURL(/action=team/);
  await expect(rows).toHaveCount(3);
  await page.keyboard.press("Escape");
  await rows.first().getByRole("button").click();
  const entry = page.getByRole("dialog", { name: /^Entry \d+$/ });
  await expect(entry).toContainText("team.create");
  await expect(entry).toContainText("Alma Owner");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(entry).toBeHidden();

  for (const [name, format] of [
    [/As CSV, as filtered/, "csv"],
    [/As JSON, as filtered/, "json"],
  ] as const) {
    await page.getByRole("button", { name: "Export" }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(new RegExp(`^audit-.*\\.${format}$`));
    const text = await readFile(await file.path(), "utf8");
    if (format === "json") expect(JSON.parse(text)).toHaveLength(3);
    else expect(text.trim().split("\n")).toHaveLength(4);
  }

  await page.getByRole("button", { name: "Check the chain" }).click();
  const check = page.getByRole("dialog", { name: "Check the chain" });
  await check.getByRole("button", { name: "Check", exact: true }).click();
  await expect(check.getByRole("status")).toContainText("The log is whole");
  const mark = await check.getByLabel("Mark of this check").innerText();
  await check.getByLabel("Mark of an earlier check").fill("nonsense");
  await expect(check.getByText("A mark is a number, a colon and 64 hex digits.")).toBeVisible();
  await check
    .getByLabel("Mark of an earlier check")
    .fill(mark.replace(/.$/, (last) => (last === "0" ? "1" : "0")));
  await check.getByRole("button", { name: "Check", exact: true }).click();
  await expect(check.getByRole("alert")).toContainText("The log is not whole");
  await expectAccessible(page);
  await page.keyboard.press("Escape");

  await page.getByLabel("From day").fill("2020-01-01");
  await page.getByLabel("To day").fill("2020-01-02");
  await expect(page.getByRole("heading", { name: "No entry like that" })).toBeVisible();
});

test("an audit log of thousands is walked through, and fits a phone", async ({ as }) => {
  test.slow();
  const { page } = await as("owner");
  const total = 1_500;
  await page.route(/\/audit\?/, async (route) => {
    if (route.request().resourceType() === "document") return route.continue();
    const from = Number(new URL(route.request().url()).searchParams.get("cursor") ?? total);
    const items = Array.from({ length: Math.min(100, from) }, (_, number) => ({
      org_id: "o",
      seq: from - number,
      entry_id: `entry${from - number}`,
      at: new Date(1.7e12 + (from - number) * 1e6).toISOString(),
      actor: { id: "somebody", kind: "user" },
      action: "cim.read",
      target: { id: `book${from - number}`, kind: "cim" },
      result: "done",
      from_ip: "127.0.0.1",
      user_agent: null,
      details: {},
      previous_hash: "",
      hash: "",
    }));
    await route.fulfill({ json: { items, next_cursor: from > 100 ? String(from - 100) : null } });
  });
  await page.goto("/app/audit");
  await expect(page.getByText("book book1500", { exact: true })).toBeVisible();
  await page.getByRole("table", { name: "Audit log" }).getByRole("rowgroup").hover();
  await expect(async () => {
    await page.mouse.wheel(0, 40_000);
    await expect(page.getByText("book book1", { exact: true })).toBeVisible({ timeout: 200 });
  }).toPass({ timeout: 30_000 });
  expect(await page.getByRole("row").count()).toBeLessThan(80);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);
});
