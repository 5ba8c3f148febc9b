import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { expect, type Page, test } from "@playwright/test";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Person {
  email: string;
  password: string;
  role: string;
}

/** A book of its own for each test, opened by somebody who leads its project. */
async function openNewBook(page: Page, baseURL: string): Promise<string> {
  const { request } = page;
  const config = (await (await request.get(`${baseURL}/web-config`)).json()) as { demo_people: Person[] };
  const lead = config.demo_people.find(({ role }) => role === "lead");
  if (!lead) throw new Error("nobody leads a project");
  const { email, password } = lead;
  const signedIn = (await (
    await request.post(`${baseURL}/auth/sign-in`, { data: { email, password } })
  ).json()) as { access_token: string };
  const headers = { authorization: `Bearer ${signedIn.access_token}` };
  const me = (await (await request.get(`${baseURL}/me`, { headers })).json()) as {
    projects: { project_id: string }[];
  };
  const project = me.projects[0]?.project_id ?? "";
  const deals = (await (await request.get(`${baseURL}/deals?project_id=${project}`, { headers })).json()) as {
    items: { id: string }[];
  };
  const book = (await (
    await request.post(`${baseURL}/cims`, {
      headers,
      data: { deal_id: deals.items[0]?.id, title: "A talk" },
    })
  ).json()) as { id: string };
  await page.goto("/app/sign-in");
  await page.getByLabel(/e-?mail/i).fill(email);
  await page
    .getByLabel(/password/i)
    .first()
    .fill(password);
  await page
    .getByRole("button", { name: /^sign in/i })
    .first()
    .click();
  await page.waitForURL(/app\/books/);
  await page.goto(`/app/books/${book.id}`);
  return book.id;
}

const field = (page: Page) => page.getByRole("combobox", { name: "Message to the AI" });
const answers = (page: Page) => page.getByRole("article", { name: "AI" });

test("a message is answered, edited on a branch of its own, and both branches stay", async ({
  page,
  baseURL,
}) => {
  await openNewBook(page, baseURL ?? "");
  await field(page).fill("What were net sales in FY2024?");
  await field(page).press("Enter");
  await expect(answers(page)).toHaveAttribute("aria-busy", "false");
  await expect(field(page)).toHaveValue("");

  await page.getByRole("button", { name: "Edit this message" }).click();
  await page.getByLabel("The message, said differently").fill("What were net sales in FY2023?");
  await page.getByRole("button", { name: "Send on a new branch" }).click();
  await expect(page.getByText("2/2")).toBeVisible();
  await expect(page.getByText("What were net sales in FY2024?")).toHaveCount(0);

  await page.getByRole("button", { name: "Earlier branch" }).click();
  await expect(page.getByText("1/2")).toBeVisible();
  await expect(page.getByText("What were net sales in FY2024?")).toBeVisible();
});

test("what is typed is there again after the page was left", async ({ page, baseURL }) => {
  await openNewBook(page, baseURL ?? "");
  await field(page).fill("Half a thought");
  await page.waitForTimeout(600);
  await page.reload();
  await expect(field(page)).toHaveValue("Half a thought");
});

test("an @ names something of the book by keys alone", async ({ page, baseURL }) => {
  await openNewBook(page, baseURL ?? "");
  await field(page).pressSequentially("Ask @rese");
  await expect(page.getByRole("option", { name: /research/ })).toBeVisible();
  await field(page).press("Enter");
  await expect(field(page)).toHaveValue("Ask @research ");
  await expect(page.getByRole("list", { name: "About" })).toContainText("research");
});

test("a run is listed, and shows its agents and steps", async ({ page, baseURL }) => {
  await openNewBook(page, baseURL ?? "");
  await field(page).fill("Which slides are there?");
  await field(page).press("Enter");
  await expect(answers(page)).toHaveAttribute("aria-busy", "false");
  await answers(page).getByRole("link", { name: "Run" }).click();
  await expect(page.getByRole("heading", { name: "Answer in the talk" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Agents" }).getByText("assistant")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Fork from here/ }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "In the Temporal UI" })).toHaveAttribute(
    "href",
    /workflows\/run%2F/,
  );
});

test("the panel has no serious violation, also on a phone", async ({ page, baseURL }) => {
  await openNewBook(page, baseURL ?? "");
  await field(page).fill("What were net sales in FY2024?");
  await field(page).press("Enter");
  await expect(answers(page)).toHaveAttribute("aria-busy", "false");
  const grave = (where: string): Promise<string[]> =>
    page.evaluate(async (inside) => {
      const { axe } = window as unknown as {
        axe: { run: (where: string) => Promise<{ violations: { id: string; impact: string }[] }> };
      };
      const { violations } = await axe.run(inside);
      return violations.filter(({ impact }) => /serious|critical/.test(impact)).map(({ id }) => id);
    }, where);
  await page.evaluate(AXE);
  expect(await grave('aside[aria-label="AI"]')).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "AI panel", exact: true }).click();
  await expect(field(page)).toBeVisible();
  await expect(answers(page)).toBeVisible();
});
