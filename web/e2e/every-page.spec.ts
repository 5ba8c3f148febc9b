/** Every page with something on it: nothing serious for axe, nothing cut off at the side of a phone. */
import type { Page } from "@playwright/test";

import { withDocuments } from "./support/documents";
import { slidesOfEveryKind } from "./support/slides";
import { apiAs, send, signedInAs, URL, writtenBook } from "./support/stack";
import { mark } from "./support/talk";
import { expect, keepSignedIn, test, violationsOn } from "./support/test";

/** The other tests look at pages in the light look; BOOKRUNNER_WEB_LOOKS=light,dark goes through all of them in both. */
const LOOKS = (process.env.BOOKRUNNER_WEB_LOOKS ?? "dark").split(",");

const AROUND = ["books", "deals", "runs", "usage", "orgs", "applications", "audit", "settings"];
const TABS = ["members", "teams", "invitations", "projects", "trials", "keys", "flags", "settings"];
const STAGES = ["welcome", "buyer_persona", "hero_concept", "outline"];
const VIEWS = ["", "buyer", "map", "market", "story", "documents", "documents?tab=facts"];

async function faultsOn(page: Page, addresses: readonly string[]): Promise<unknown[]> {
  const faults: unknown[] = [];
  for (const address of addresses) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`/app/${address}`);
    await expect(page.getByRole("main")).toBeVisible();
    await expect(page.getByRole("status").filter({ hasText: "Loading the page" })).toHaveCount(0);
    const found = await violationsOn(page);
    if (found.length > 0) faults.push({ address, found });
    await page.setViewportSize({ width: 390, height: 844 });
    await page
      .waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth, null, {
        timeout: 2_000,
      })
      .catch(() => faults.push({ address, found: "wider than a phone" }));
  }
  return faults;
}

for (const look of LOOKS)
  test(`every page is for everybody, in the ${look} look, and fits a phone`, async ({ browser }) => {
    test.setTimeout(240_000);
    const lead = await signedInAs("lead");
    const book = await writtenBook(lead, `Every page ${mark()}`, 2, 2);
    const slides = slidesOfEveryKind("s1");
    await send(lead, book.id, ...slides.map((slide) => ({ type: "save_slide" as const, slide })));
    const [source] = await withDocuments(lead, book.id, "management_interview.md");
    await send(lead, book.id, { type: "navigate", target_stage: "outline" });
    const { data: head } = await apiAs(lead).GET("/cims/{cim_id}", {
      params: { path: { cim_id: book.id } },
    });
    const inBook = [
      ...VIEWS,
      `documents?source=${source?.id ?? ""}`,
      ...STAGES.map((stage) => `stages/${stage}`),
      ...slides.map(({ id }) => `slides/${id ?? ""}`),
    ];
    const open = async (person: typeof lead | null): Promise<Page> => {
      const context = await browser.newContext({
        baseURL: URL,
        colorScheme: look === "light" ? "light" : "dark",
      });
      if (person) await keepSignedIn(context, person);
      return context.newPage();
    };

    const outside = await open(null);
    expect(await faultsOn(outside, ["sign-in", "sign-up", "reset-password"])).toEqual([]);
    await outside.context().close();

    const page = await open(lead);
    const deal = `deals/${head?.deal_id ?? ""}`;
    expect(
      await faultsOn(page, [...AROUND, deal, ...inBook.map((rest) => `books/${book.id}/${rest}`)]),
    ).toEqual([]);
    await page.context().close();

    const owner = await signedInAs("owner");
    const { data: me } = await apiAs(owner).GET("/me");
    const org = me?.organisations[0]?.org_id ?? "";
    const theirs = await open(owner);
    expect(
      await faultsOn(theirs, [...TABS.map((tab) => `orgs/${org}?tab=${tab}`), "usage", "audit"]),
    ).toEqual([]);
    await theirs.context().close();
  });
