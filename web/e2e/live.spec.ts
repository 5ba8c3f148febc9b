/** One book, several people, and a network that comes and goes. */
import type { Page } from "@playwright/test";

import { apiAs, kill, mayKill, readBook, send, textSlide, writtenBook } from "./support/stack";
import { expect, expectAccessible, test } from "./support/test";

const mark = (): string => Math.random().toString(36).slice(2, 8);

const open = async (page: Page, cimId: string, slideId = "s1-1"): Promise<void> => {
  await page.goto(`/app/books/${cimId}/slides/${slideId}`);
  await expect(page.getByRole("button", { name: "Approve", exact: true })).toBeVisible();
};

const offline = (page: Page) => page.getByText("You are offline.");

test("offline, edits go on into a queue that outlives the page, and go in order when the network is back", async ({
  as,
}) => {
  const { page, person, context } = await as("lead");
  const book = await writtenBook(person, `Offline ${mark()}`);
  await open(page, book.id);
  // Files for a page without a network are at hand once the worker of the page has them.
  await page.waitForFunction(async () => {
    await navigator.serviceWorker.ready;
    return (await (await caches.open("bookrunner-files")).keys()).length > 10;
  });
  await page.waitForTimeout(2_000);

  await context.setOffline(true);
  await page.keyboard.press("a");
  await expect(offline(page)).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("a");
  await expect(page.getByText("2 changes wait.")).toBeVisible();
  await expectAccessible(page);

  await page.reload();
  await expect(offline(page)).toBeVisible();
  await expect(page.getByText("2 changes wait.")).toBeVisible();
  expect((await readBook(person, book.id)).slide_counts.approved).toBe(0);

  await context.setOffline(false);
  await expect(offline(page)).toBeHidden();
  await expect.poll(async () => (await readBook(person, book.id)).slide_counts.approved).toBe(2);
  const { data } = await apiAs(person).GET("/cims/{cim_id}/events", {
    params: { path: { cim_id: book.id }, query: { after: book.rev, limit: 50 } },
  });
  const approved = data?.items
    .filter(({ type }) => type === "slide_approved")
    .map((event) => event.data["slide_id"]);
  expect(approved).toEqual(["s1-1", "s1-2"]);
});

test("a change that is refused later stays until the person has settled it", async ({ as }) => {
  const { page, person, context } = await as("lead");
  const book = await writtenBook(person, `Refused ${mark()}`);
  await open(page, book.id);
  await context.setOffline(true);
  await page.keyboard.press("a");
  await expect(page.getByText("1 change waits.")).toBeVisible();
  await send(person, book.id, { type: "remove_slide", slide_id: "s1-1" });
  await context.setOffline(false);

  await expect(page.getByText("1 change was refused.")).toBeVisible();
  await page.getByRole("button", { name: "Settle" }).click();
  const drawer = page.getByRole("dialog", { name: "Refused changes" });
  await expect(drawer.getByText("Approve a slide")).toBeVisible();
  await expectAccessible(page);
  await drawer.getByRole("button", { name: "Drop it" }).click();
  await expect(drawer.getByText("Every change is settled.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("1 change was refused.")).toBeHidden();
});

test("what another person changes is there at once, without a reload", { tag: "@alone" }, async ({ as }) => {
  const watching = await as("reviewer");
  const writing = await as("lead");
  const book = await writtenBook(writing.person, `Live ${mark()}`);
  await watching.page.goto(`/app/books/${book.id}`);
  await expect(watching.page.getByText("Slide 1 of s1").first()).toBeVisible();
  await watching.page.waitForTimeout(1_500);

  const took: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const title = `Seen ${mark()} ${round}`;
    const seen = watching.page.evaluate(
      (wanted) =>
        new Promise<number>((resolve) => {
          const look = (): void => {
            if (document.body.textContent.includes(wanted)) resolve(Date.now());
            else requestAnimationFrame(look);
          };
          look();
        }),
      title,
    );
    await send(writing.person, book.id, { type: "save_slide", slide: textSlide("s1-1", "s1", title) });
    const answered = Date.now();
    took.push(Math.max(0, (await seen) - answered));
  }
  took.sort((one, other) => one - other);
  test.info().annotations.push({ type: "seen after, ms", description: took.join(" ") });
  expect(took[4]).toBeLessThan(Number(process.env.BOOKRUNNER_LIVE_P50_MS ?? 2_000));

  await send(writing.person, book.id, { type: "rename", title: `Renamed ${book.title}` });
  await expect(watching.page.getByText(`Renamed ${book.title}`).first()).toBeVisible();
});

test("people see who else is in the book, and when they have gone", async ({ as }) => {
  const lead = await as("lead");
  const editor = await as("editor");
  const book = await writtenBook(lead.person, `Together ${mark()}`, 1, 1);
  await lead.page.goto(`/app/books/${book.id}`);
  await expect(lead.page.getByText("Slide 1 of s1").first()).toBeVisible();
  await editor.page.goto(`/app/books/${book.id}/slides/s1-1`);
  const present = (page: Page) => page.getByRole("list", { name: "Also in this book" });
  await expect(present(lead.page).getByRole("listitem", { name: editor.person.name })).toBeVisible();
  await expect(present(editor.page).getByRole("listitem", { name: lead.person.name })).toBeVisible();
  await editor.page.goto("/app/books");
  await expect(present(lead.page)).toBeHidden();
});

test("addresses lead to the very slide, and the back button goes back", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Places ${mark()}`);
  await open(page, book.id, "s2-2");
  await expect(page.getByText("Slide 2 of s2").first()).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await expect(page).toHaveURL(new RegExp(`${book.id}/documents`));
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await expect(page).toHaveURL(new RegExp(`${book.id}/map`));
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`${book.id}/slides/s2-2`));
  await page.goForward();
  await expect(page).toHaveURL(new RegExp(`${book.id}/documents`));
});

test("the palette and the list of keys know what can be done here", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Keys ${mark()}`, 1, 2);
  await open(page, book.id);
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys on this page" });
  await expect(help.getByText("Approve the slide")).toBeVisible();
  await expect(help.getByText("Talk to the AI")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("textbox", { name: "Do or find" }).fill("dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("textbox", { name: "Do or find" }).fill("audit");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/app\/audit/);
});

test("the AI panel is at the side, floats, or takes the page, and its width stays", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Panel ${mark()}`, 1, 1);
  await open(page, book.id);
  const panel = page.getByRole("complementary", { name: "AI" });
  const width = async (): Promise<number> => (await panel.boundingBox())?.width ?? 0;
  const before = await width();
  await page.getByRole("separator", { name: "Width of the AI panel" }).focus();
  for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowLeft");
  await expect.poll(width).toBeGreaterThan(before + 20);
  const wider = await width();
  await page.reload();
  await expect.poll(width).toBeGreaterThan(before + 20);
  expect(Math.abs((await width()) - wider)).toBeLessThan(5);
  await page.getByRole("button", { name: "AI panel", exact: true }).click();
  await expect(panel).toBeHidden();
  await page.keyboard.press("/");
  await expect(panel).toBeVisible();
});

test("a killed worker only delays", { tag: "@alone" }, async ({ as }) => {
  test.skip(!mayKill, "this product is not the tests' own");
  test.slow();
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Killed ${mark()}`);
  await open(page, book.id);
  kill("worker");
  await page.keyboard.press("a");
  await page.keyboard.press("j");
  await page.keyboard.press("a");
  await expect
    .poll(async () => (await readBook(person, book.id)).slide_counts.approved, { timeout: 60_000 })
    .toBe(2);
});

test("while the API is down what was read stays readable, and what is changed waits", async ({ as }) => {
  test.slow();
  const { page, person, context } = await as("lead");
  const book = await writtenBook(person, `Down ${mark()}`);
  await open(page, book.id);
  await expect(page.getByText("Slide 1 of s1").first()).toBeVisible();
  await page.waitForTimeout(2_000);
  // Nobody answers, although there is a network.
  await context.route("**/*", (route) => route.abort("connectionrefused"));
  await page.keyboard.press("a");
  await expect(page.getByText("Bookrunner does not answer just now.")).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByText("Slide 2 of s1").first()).toBeVisible();
  await context.unroute("**/*");
  await expect(page.getByText("Bookrunner does not answer just now.")).toBeHidden({ timeout: 20_000 });
  await expect.poll(async () => (await readBook(person, book.id)).slide_counts.approved).toBe(1);
});
