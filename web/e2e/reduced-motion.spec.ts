/** Whoever asks for little motion sees none: nothing slides, fades or turns for longer than a frame. */
import type { Page } from "@playwright/test";

import { writtenBook } from "./support/stack";
import { mark } from "./support/talk";
import { expect, test } from "./support/test";

const FRAME_MS = 17;

/** Every animation and transition that begins from now on and would last for longer than a frame, or for ever. */
async function watchMotion(page: Page): Promise<void> {
  await page.addInitScript((frame) => {
    const seen = new Set<string>();
    Object.assign(window, { seen });
    const look = (): void => {
      for (const each of document.getAnimations()) {
        const { duration, iterations } = each.effect?.getComputedTiming() ?? {};
        const isLong = typeof duration === "number" && (duration > frame || iterations === Infinity);
        const { target } = each.effect as KeyframeEffect;
        if (isLong)
          seen.add(
            `${each.constructor.name} of ${String(duration)} ms: ${target?.outerHTML.slice(0, 120) ?? ""}`,
          );
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, FRAME_MS);
}

const seenOn = (page: Page): Promise<string[]> =>
  page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);

test("nothing moves for those who asked for little motion", async ({ as }) => {
  test.slow();
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Still ${mark()}`, 2, 2);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await watchMotion(page);
  for (const place of ["books", "usage", "runs", `books/${book.id}/map`, `books/${book.id}/story`]) {
    await page.goto(`/app/${place}`);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    expect(await seenOn(page)).toEqual([]);
  }

  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await expect(page.getByRole("article", { name: "Slide 1 of s1" })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "More for this slide" }).click();
  await expect(page.getByRole("menuitem", { name: "Add a table" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "History" }).click();
  await page.keyboard.press("a");
  await expect(page.getByText("approved").first()).toBeVisible();
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Markdown" }).click();
  await expect(
    page.getByRole("status", { name: "Export" }).getByRole("button", { name: "Download" }),
  ).toBeVisible({
    timeout: 60_000,
  });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Menu" }).click();
  await expect(page.getByRole("menu").or(page.getByRole("dialog")).first()).toBeVisible();
  expect(await seenOn(page)).toEqual([]);
});
