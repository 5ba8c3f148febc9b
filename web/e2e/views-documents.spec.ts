/** The documents of a book: uploaded, read, their facts, and where they contradict each other. */
import { readFileSync } from "node:fs";

import { pathOf, withDocuments } from "./support/documents";
import { apiAs, send, textSlide, writtenBook } from "./support/stack";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

const mark = (): string => Math.random().toString(36).slice(2, 8);
const NARROW = { width: 390, height: 844 };

test("a document is uploaded with progress, is read, and appears with its facts", async ({ as }) => {
  const { page, person, context } = await as("lead");
  const book = await writtenBook(person, `Upload ${mark()}`, 1, 1);
  await page.goto(`/app/books/${book.id}/documents`);
  await expect(page.getByText("No documents yet")).toBeVisible();
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: 20_000,
  });
  await page
    .getByRole("complementary", { name: "Documents" })
    .locator('input[type="file"]')
    .setInputFiles(pathOf("company_overview.docx"));
  const progress = page.getByRole("progressbar", { name: "Upload of company_overview.docx" });
  await expect(progress).toBeVisible();
  await expect(page.getByText(/^Uploading, [1-9]\d?% of 40 kB$/)).toBeVisible();
  const name = await page.getByText("company_overview.docx", { exact: true }).boundingBox();
  expect((await progress.boundingBox())?.y).toBeGreaterThan((name?.y ?? Infinity) + (name?.height ?? 0) - 1);
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
  const list = page.getByRole("list", { name: "Documents of this book" });
  await expect(list.getByRole("link", { name: /company_overview\.docx/ })).toContainText(
    /\d+ passages, \d+ facts/,
    { timeout: 40_000 },
  );
  await expect(progress).toBeHidden();
  await expect(page.getByRole("tab", { name: /Facts [1-9]/ })).toBeVisible();
});

test("files are dropped on the page; one that cannot be read says why and can be left", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Drop ${mark()}`, 1, 1);
  await page.goto(`/app/books/${book.id}/documents`);
  await expect(page.getByText("Drop files anywhere on this page")).toBeVisible();
  const data = await page.evaluateHandle(() => {
    const carried = new DataTransfer();
    carried.items.add(
      new File(["Net sales were $12.5 million in FY2024."], "note.md", { type: "text/markdown" }),
    );
    carried.items.add(new File(["MZ"], "tool.exe"));
    return carried;
  });
  await page.dispatchEvent("body", "dragenter", { dataTransfer: data });
  const target = page.getByText("Drop to upload to this book");
  await expect(target).toBeVisible();
  await target.dispatchEvent("drop", { dataTransfer: data });
  await expect(page.getByRole("link", { name: /note\.md/ })).toBeVisible();
  await expect(page.getByText("This kind of document cannot be read.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Try again" })).toBeHidden();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Leave it" }).click();
  await expect(page.getByText("tool.exe")).toBeHidden();
});

test("a link opens the passage with its figure marked, and tells which slides use it", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Reading ${mark()}`, 1, 1);
  const [source] = await withDocuments(person, book.id, "market_note.pdf");
  const sourceId = source?.id ?? "";
  const { data } = await apiAs(person).GET("/sources/{source_id}/passages", {
    params: { path: { source_id: sourceId } },
  });
  const passage = data?.items.find(({ text }) => text.includes("51.4%"));
  const passageId = passage?.passage_id ?? "";
  await send(person, book.id, {
    type: "save_slide",
    slide: {
      ...textSlide("margin", "s1", "What moves the margin"),
      sources: [
        {
          source_id: sourceId,
          passage_id: passageId,
          locator: passage?.locator ?? "",
          quote: null,
          anchor: null,
        },
      ],
    },
  });
  await page.goto(
    `/app/books/${book.id}/documents?source=${sourceId}&passage=${passageId}&mark=${encodeURIComponent("51.4%")}`,
  );
  const document = page.getByRole("region", { name: "market_note.pdf" });
  await expect(document.locator("mark")).toHaveText("51.4%", { timeout: 20_000 });
  await expect(document.locator("mark")).toBeInViewport();
  await expect(document.locator('[aria-current="location"]')).toContainText("Gross margin reached");
  await expectAccessible(page);
  await page.getByLabel("Only the one passage used on slides").check();
  await expect(document.getByText("Rivals fall into three groups")).toBeHidden();
  await document.getByRole("link", { name: "Used on What moves the margin" }).click();
  await expect(page).toHaveURL(/\/slides\/margin$/);
  await page.goBack();
  await expect(document.locator("mark")).toBeInViewport();

  await page.setViewportSize(NARROW);
  await expect(document.locator("mark")).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.getByRole("link", { name: "All documents" }).click();
  await expect(page.getByRole("link", { name: /market_note\.pdf/ })).toBeVisible();
});

test("facts are found, sorted, exported, and lead to their place", async ({ as }) => {
  const { page, person } = await as("reviewer");
  const lead = await as("lead");
  const book = await writtenBook(lead.person, `Facts ${mark()}`, 1, 1);
  await withDocuments(lead.person, book.id, "financials.xlsx");
  expect(person.email).not.toBe(lead.person.email);
  await page.goto(`/app/books/${book.id}/documents?tab=facts`);
  await expect(page.getByText("145 facts")).toBeVisible();
  await page.getByLabel("Find facts").fill("gross margin fy2024");
  await expect(page.getByText(/^\d of 145 facts$/)).toBeVisible();
  const rows = page.getByRole("table", { name: "Facts" }).getByRole("row");
  await page.getByLabel("Find facts").fill("net sales usd");
  const value = page.getByRole("columnheader", { name: "Value" });
  await value.getByRole("button").click();
  await value.getByRole("button").click();
  await expect(value).toHaveAttribute("aria-sort", "descending");
  const shown = (await rows.allInnerTexts()).slice(1);
  const values = shown.map((text) => Number((/\n([\d,.]+)\n/.exec(text)?.[1] ?? "").replaceAll(",", "")));
  expect(values.length).toBeGreaterThan(3);
  expect(values).toEqual([...values].sort((one, other) => other - one));
  await expectAccessible(page);

  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export as CSV" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("facts.csv");
  const lines = readFileSync(await file.path(), "utf8").split("\r\n");
  expect(lines[0]).toContain("statement,figure,of,period,value");
  expect(lines.length).toBe(values.length + 1);

  await page.setViewportSize(NARROW);
  await expectNoSidewaysScroll(page);
  await rows.nth(1).getByRole("link").click();
  await expect(page).toHaveURL(/source=.*passage=/);
  await expect(page.locator("mark").first()).toBeInViewport();
});

test("contradicting documents stand side by side until somebody settles it with a reason", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Contradictions ${mark()}`, 1, 1);
  await withDocuments(person, book.id, "financials.xlsx", "market_note.pdf");
  await page.goto(`/app/books/${book.id}/documents`);
  await page.getByRole("tab", { name: /Contradictions 1 open/ }).click();
  const conflict = page.getByRole("listitem").filter({ hasText: "Gross margin, FY2024" });
  const [one, other] = [
    conflict.getByRole("region", { name: "53.4%" }),
    conflict.getByRole("region", { name: "51.4%" }),
  ];
  await expect(one).toContainText("financials.xlsx");
  await expect(other).toContainText("market_note.pdf");
  const [left, right] = [await one.boundingBox(), await other.boundingBox()];
  expect(left?.y).toBe(right?.y);
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThanOrEqual(right?.x ?? 0);
  await expectAccessible(page);

  await conflict.getByRole("button", { name: "Accept with a reason" }).click();
  await page.keyboard.type("The accounts are right.");
  await page.keyboard.press("Enter");
  await expect(conflict.getByText(/Accepted by you.*The accounts are right\./)).toBeVisible();
  await expect(page.getByRole("tab", { name: "Contradictions 1", exact: true })).toBeVisible();
  await conflict.getByRole("button", { name: "Withdraw" }).click();
  await expect(conflict.getByRole("button", { name: "Accept with a reason" })).toBeVisible();

  await other.getByRole("link").click();
  await expect(page.locator("mark").first()).toHaveText("51.4%");
  await page.goBack();
  await page.setViewportSize(NARROW);
  await expect(one).toBeVisible();
  await expectNoSidewaysScroll(page);
});
