/** What tests of the workspace have: pages of people who are signed in, and what axe says of a page. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { type BrowserContext, expect, type Page, test as base } from "@playwright/test";
import type { AxeResults } from "axe-core";

import { type Role, type SignedIn, signInAs, somebody } from "./stack";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface PersonsPage {
  page: Page;
  person: SignedIn;
  context: BrowserContext;
}

interface Given {
  /** A page of its own, in a browser of its own, for somebody with this role. */
  as: (role: Role, organization?: string) => Promise<PersonsPage>;
}

export const test = base.extend<Given>({
  as: async ({ browser, baseURL, viewport }, give) => {
    const opened: BrowserContext[] = [];
    await give(async (role, organization) => {
      const person = await signInAs(await somebody(role, organization));
      const context = await browser.newContext({
        ...(baseURL ? { baseURL } : {}),
        ...(viewport ? { viewport } : {}),
      });
      opened.push(context);
      await keepSignedIn(context, person);
      return { page: await context.newPage(), person, context };
    });
    for (const context of opened) await context.close();
  },
});

export { expect };

/** The session is there before the page starts; once, so that signing out stays so. */
export async function keepSignedIn(context: BrowserContext, person: SignedIn): Promise<void> {
  const { accessToken, refreshToken, expiresAt, personId, email, name } = person;
  await context.addInitScript(
    (session) => {
      if (localStorage.getItem("bookrunner:test-began")) return;
      localStorage.setItem("bookrunner:test-began", "yes");
      localStorage.setItem("bookrunner:session", JSON.stringify(session));
    },
    { accessToken, refreshToken, expiresAt, personId, email, name },
  );
}

/** There are no serious or critical violations. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await violationsOn(page)).toEqual([]);
}

/** Serious and critical ones. */
export async function violationsOn(page: Page) {
  // What fades in is read once it is there.
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ playState, effect }) =>
          playState !== "running" || effect?.getComputedTiming().endTime === Infinity,
      ),
  );
  await page.addScriptTag({ content: AXE }).catch(async () => page.evaluate(AXE));
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: () => Promise<AxeResults> } };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, help, nodes }) => ({
        id,
        help,
        where: nodes.slice(0, 5).map(({ html }) => html.slice(0, 200)),
      }));
  });
}

/** No part of the page is cut off or has to be scrolled sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wider).toBeLessThanOrEqual(0);
}
