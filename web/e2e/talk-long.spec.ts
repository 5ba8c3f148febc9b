/** A talk of a thousand messages: read page by page, scrolled and typed in without a stutter. */
import type { Page } from "@playwright/test";

import { newBook, type SignedIn } from "./support/stack";
import { answered, answers, field, lastAnswer, mark, openTalk, saidIn, say } from "./support/talk";
import { expect, test } from "./support/test";

const MESSAGES = 1_000;

/** The one question and answer of the book said again and again, in place of what the API would read. */
async function lengthen(page: Page, person: SignedIn, cimId: string): Promise<void> {
  const [asked, answer] = await saidIn(person, cimId);
  if (!asked || !answer) throw new Error("Nothing was said.");
  const id = (number: number): string => `m${String(number).padStart(5, "0")}`;
  const all = Array.from({ length: MESSAGES }, (_, number) => ({
    ...(number % 2 === 0 ? asked : answer),
    id: id(number),
    parent_id: number === 0 ? null : id(number - 1),
    run_id: null,
    text:
      number % 2 === 0
        ? `Question ${number}`
        : `Answer ${number}. ${"Some more words of it, on several lines. ".repeat(1 + (number % 9))}`,
  }));
  await page.route(`**/cims/${cimId}/messages?*`, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const before = query.get("before");
    const end = before === null ? MESSAGES : all.findIndex((message) => message.id === before);
    const start = Math.max(0, end - Number(query.get("limit") ?? 50));
    const url = route
      .request()
      .url()
      .replace(/before=[^&]*&?/, "");
    const read = (await (await route.fetch({ url })).json()) as object;
    await route.fulfill({
      json: { ...read, items: all.slice(start, end), next_cursor: start === 0 ? null : all[start]?.id },
    });
  });
}

/** The longest time between two frames while something is done. */
async function longestFrame(page: Page, doing: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const seen = window as unknown as { longest: number; isWatching: boolean };
    seen.longest = 0;
    seen.isWatching = true;
    let last = performance.now();
    const frame = (now: number): void => {
      seen.longest = Math.max(seen.longest, now - last);
      last = now;
      if (seen.isWatching) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await doing();
  return page.evaluate(() => {
    const seen = window as unknown as { longest: number; isWatching: boolean };
    seen.isWatching = false;
    return Math.round(seen.longest);
  });
}

test("a thousand messages are read as one scrolls up, few are in the page, and none is lost from sight", async ({
  as,
}, testInfo) => {
  test.setTimeout(120_000);
  const { page, person } = await as("lead");
  const book = await newBook(person, `Long ${mark()}`);
  await openTalk(page, book.id);
  await say(page, "Which slides are there?");
  await answered(lastAnswer(page));
  await lengthen(page, person, book.id);
  await page.reload();
  await expect(page.getByText(`Answer ${MESSAGES - 1}.`)).toBeVisible();

  const log = page.getByRole("log", { name: "Conversation" });
  const top = page.getByText("Question 0", { exact: true });
  await log.hover();
  const scrolling = await longestFrame(page, async () => {
    await expect(async () => {
      for (let turn = 0; turn < 10; turn += 1) await page.mouse.wheel(0, -3_000);
      await expect(top).toBeVisible({ timeout: 100 });
    }).toPass({ timeout: 80_000, intervals: [50] });
  });
  expect(await answers(page).count()).toBeLessThan(40);

  await page.getByRole("button", { name: "Latest" }).click();
  await expect(page.getByText(`Answer ${MESSAGES - 1}.`)).toBeVisible();
  const typing = await longestFrame(page, async () => {
    await field(page).pressSequentially("Typed beneath a thousand messages, at the pace of quick hands.", {
      delay: 15,
    });
  });
  await expect(field(page)).toHaveValue(/quick hands\.$/);
  testInfo.annotations.push({
    type: "frames",
    description: `longest while scrolling ${scrolling} ms, while typing ${typing} ms`,
  });
});
