/** A working day without a mouse: from signing in to signing out, and the focus is always somewhere. */
import type { Locator, Page } from "@playwright/test";

import { given, newDeal } from "./support/around";
import { apiAs, readBook, signInAs, somebody, writtenBook } from "./support/stack";
import { answered, field, lastAnswer, mark, SPOKEN, UNSPOKEN } from "./support/talk";
import { expect, test } from "./support/test";

/** More presses of Tab than any page asks for. */
const MOST_TABS = 90;

/** Something has the focus, and is in sight. */
async function hasFocus(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => document.activeElement !== document.body && document.activeElement !== null),
    )
    .toBe(true);
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** What has the focus without showing it: neither it nor what it stands in or before is outlined or framed in the accent. */
function unmarkedFocus(): string | null {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "var(--accent)";
  const accent = getComputedStyle(probe).color;
  probe.remove();
  const near = [node, node.nextElementSibling, node.parentElement, node.parentElement?.parentElement];
  const isMarked = near.some((each) => {
    if (!each) return false;
    const { outlineStyle, outlineWidth, boxShadow, borderTopColor, borderTopWidth } = getComputedStyle(each);
    const isOutlined = outlineStyle !== "none" && outlineWidth !== "0px";
    return (
      isOutlined || boxShadow.includes(accent) || (borderTopWidth !== "0px" && borderTopColor === accent)
    );
  });
  return isMarked ? null : node.outerHTML.slice(0, 200);
}

/** Goes on with Tab until it is reached; what has the focus on the way is seen to have it. */
async function tabTo(page: Page, wanted: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await expect(wanted).toBeAttached();
  const way: string[] = [];
  for (let pressed = 0; pressed < MOST_TABS; pressed += 1) {
    if (await wanted.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press(key);
    way.push(await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 60) ?? ""));
    await expect.poll(() => page.evaluate(unmarkedFocus)).toBeNull();
  }
  throw new Error(
    `${MOST_TABS} presses of ${key} do not lead to ${wanted.toString()}: ${way.slice(0, 30).join("\n")}`,
  );
}

async function byPalette(page: Page, words: string): Promise<void> {
  await press(page, "ControlOrMeta+k");
  await expect(page.getByPlaceholder(/./).and(page.locator(":focus"))).toBeVisible();
  await page.keyboard.type(words);
  await expect(page.getByRole("dialog").getByText(words).first()).toBeVisible();
  await press(page, "Enter");
}

test("a whole working day goes by keys alone, and the focus is never lost", async ({ page }) => {
  test.skip(SPOKEN === "", UNSPOKEN);
  test.setTimeout(240_000);
  const lead = await signInAs(await somebody("lead", SPOKEN));
  const me = given(await apiAs(lead).GET("/me"));
  const dealName = `Keys ${mark()}`;
  const deal = await newDeal(lead, me.projects[0]?.project_id ?? "", dealName);
  const book = await writtenBook(lead, `By keys ${mark()}`, 1, 3, deal);
  const slideAt = async (place: number) =>
    given(await apiAs(lead).GET("/cims/{cim_id}/slides", { params: { path: { cim_id: book.id } } })).items[
      place
    ];

  await test.step("signs in", async () => {
    await page.goto("/app/deals");
    await tabTo(page, page.getByLabel("Email"));
    await page.keyboard.type(lead.email);
    await tabTo(page, page.getByLabel("Password", { exact: true }));
    await page.keyboard.type(lead.password);
    await press(page, "Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Deals" })).toBeVisible();
  });

  await test.step("opens the deal and its book", async () => {
    const count = page.getByRole("status").filter({ hasText: /^[\d,]+ deals?$/ });
    await expect(count).toBeVisible();
    await press(page, "f");
    await page.keyboard.type(dealName);
    await expect(count).toHaveText("1 deal");
    await tabTo(page, page.getByRole("link", { name: dealName }));
    await press(page, "Enter");
    await tabTo(page, page.getByRole("link", { name: book.title }));
    await press(page, "Enter");
    await expect(page.getByRole("list", { name: "Sections and slides" })).toBeVisible();
    await hasFocus(page);
  });

  await test.step("walks the stages", async () => {
    for (const stage of ["Buyer persona", "Hero concept", "Outline"]) {
      await byPalette(page, `Stage: ${stage}`);
      await expect(page.getByRole("heading", { level: 1, name: stage })).toBeVisible();
      await hasFocus(page);
    }
  });

  await test.step("edits a slide", async () => {
    await press(page, "g", "b", "j");
    await expect(page.getByRole("article", { name: "Slide 1 of s1" })).toBeVisible();
    await hasFocus(page);
    await press(page, "e", "ControlOrMeta+a");
    await page.keyboard.type("Written by keys");
    await press(page, "Escape");
    await hasFocus(page);
    await expect.poll(async () => (await slideAt(0))?.title).toBe("Written by keys");
  });

  await test.step("moves it, approves it and comments on it", async () => {
    await press(page, "Alt+ArrowDown");
    await expect.poll(async () => (await slideAt(1))?.title).toBe("Written by keys");
    await hasFocus(page);
    await press(page, "a");
    await expect.poll(async () => (await slideAt(1))?.status).toBe("approved");
    await hasFocus(page);
    await press(page, "c");
    await page.keyboard.type("Is the figure final?");
    await press(page, "ControlOrMeta+Enter");
    await expect(page.getByRole("tab", { name: "Comments (1)" })).toBeVisible();
    await press(page, "Escape");
    await hasFocus(page);
  });

  await test.step("talks to the AI, answers its question and confirms its change", async () => {
    await press(page, "/");
    await page.keyboard.type("Which buyer is it?");
    await press(page, "Enter");
    const question = page.getByRole("region", { name: "Question" });
    await expect(question.getByRole("radio")).toHaveCount(3);
    await tabTo(page, question.getByRole("radio").last(), "Shift+Tab");
    await press(page, "2", "Enter");
    await answered(lastAnswer(page));
    await expect(question).toContainText("A sponsor · Answered by you");
    await hasFocus(page);

    await press(page, "/");
    await expect(field(page)).toBeFocused();
    await page.keyboard.type("Please have a look at the persona.");
    await press(page, "Enter");
    const approve = page
      .getByRole("region", { name: "May I change this?" })
      .getByRole("button", { name: "Approve" });
    await tabTo(page, approve, "Shift+Tab");
    await press(page, "Enter");
    await answered(lastAnswer(page));
    await expect
      .poll(async () => (await readBook(lead, book.id)).artifacts.buyer_persona?.value.concerns)
      .toContain("Customer concentration");
    await hasFocus(page);
  });

  await test.step("exports", async () => {
    await press(page, "Escape");
    await tabTo(page, page.getByRole("button", { name: "Export" }), "Shift+Tab");
    await press(page, "Enter");
    await expect(page.getByRole("menuitem", { name: "PowerPoint (pptx)" })).toBeVisible();
    await press(page, "ArrowDown");
    while (
      !(await page
        .getByRole("menuitem", { name: "PowerPoint (pptx)" })
        .evaluate((node) => node === document.activeElement))
    )
      await press(page, "ArrowDown");
    await press(page, "Enter");
    await hasFocus(page);
    const download = page.waitForEvent("download");
    const button = page.getByRole("status", { name: "Export" }).getByRole("button", { name: "Download" });
    await expect(button).toBeVisible({ timeout: 60_000 });
    await tabTo(page, button);
    await press(page, "Enter");
    expect((await download).suggestedFilename()).toBe(`${book.title}.pptx`);
  });

  await test.step("signs out", async () => {
    await tabTo(page, page.getByRole("button", { name: `You: ${lead.name}` }), "Shift+Tab");
    await press(page, "Enter");
    await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeVisible();
    await press(page, "ArrowUp");
    await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeFocused();
    await press(page, "Enter");
    await expect(page).toHaveURL(/\/app\/sign-in/);
  });
});
