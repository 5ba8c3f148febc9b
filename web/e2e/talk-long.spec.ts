/** A talk of a thousand messages: read page by page, scrolled and typed in without a stutter. */
import type { Page } from "@playwright/test";

import { fill, mayFill, NOT_OURS } from "./support/filling";
import { newBook } from "./support/stack";
import { answered, answers, field, lastAnswer, mark, openTalk, say } from "./support/talk";
import { expect, test } from "./support/test";

const MESSAGES = 1_000;

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
  test.skip(!mayFill, NOT_OURS);
  test.setTimeout(120_000);
  const { page, person } = await as("lead");
  const book = await newBook(person, `Long ${mark()}`);
  await fill("talk", book.id, MESSAGES);
  await openTalk(page, book.id);
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
  await field(page).fill("");
  await say(page, "Which slides are there?");
  await answered(lastAnswer(page));
  testInfo.annotations.push({
    type: "frames",
    description: `longest while scrolling ${scrolling} ms, while typing ${typing} ms`,
  });
});
