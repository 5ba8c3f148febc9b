/** Talking to the AI in a browser, and what a book is given so that there is something to talk about. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, type Locator, type Page } from "@playwright/test";

import { apiAs, type SignedIn, URL } from "./stack";

/** The organisation whose talks are answered as tests/providers/talks.py says. */
export const SPOKEN = process.env.BOOKRUNNER_WEB_SPOKEN ?? "";
export const UNSPOKEN = "The model of this product is not the tests' own.";

const PACK = join(import.meta.dirname, "../../../examples/wd40");

export const mark = (): string => Math.random().toString(36).slice(2, 8);

export const field = (page: Page): Locator => page.getByRole("combobox", { name: "Message to the AI" });
export const answers = (page: Page): Locator => page.getByRole("article", { name: "AI", exact: true });
export const lastAnswer = (page: Page): Locator => answers(page).last();

export async function openTalk(page: Page, cimId: string): Promise<void> {
  await page.goto(`/app/books/${cimId}`);
  await expect(field(page)).toBeVisible({ timeout: 20_000 });
}

export async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await field(page).press("Enter");
  await expect(field(page)).toHaveValue("");
}

export async function answered(answer: Locator, timeout = 45_000): Promise<void> {
  await expect(answer).toHaveAttribute("aria-busy", "false", { timeout });
}

/** The texts of the book's talk, as the API has them. */
export async function saidIn(person: SignedIn, cimId: string) {
  const { data } = await apiAs(person).GET("/cims/{cim_id}/messages", {
    params: { path: { cim_id: cimId }, query: { limit: 50 } },
  });
  if (!data) throw new Error("The talk cannot be read.");
  return data.items;
}

/** A document of the example pack, read and ready. */
export async function giveDocument(person: SignedIn, cimId: string, name: string): Promise<void> {
  const body = new FormData();
  body.append("file", new Blob([readFileSync(join(PACK, name))]), name);
  const sent = await fetch(`${URL}/cims/${cimId}/sources`, {
    method: "POST",
    headers: { authorization: `Bearer ${person.accessToken}` },
    body,
  });
  if (!sent.ok) throw new Error(`The document was refused: ${await sent.text()}`);
  await expect
    .poll(
      async () => {
        const { data } = await apiAs(person).GET("/cims/{cim_id}/sources", {
          params: { path: { cim_id: cimId } },
        });
        return data?.items.every(({ status }) => status === "ready");
      },
      { timeout: 60_000 },
    )
    .toBe(true);
}
