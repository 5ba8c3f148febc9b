/** Pictures on slides: chosen from the documents or uploaded, replaced in place, described for those who do not see. */
import type { Locator, Page } from "@playwright/test";

import type { Component, Slide } from "../src/api/types";
import { documentsRead } from "./support/documents";
import { apiAs, type SignedIn, URL as PRODUCT, writtenBook } from "./support/stack";
import { expect, expectAccessible, test } from "./support/test";

const mark = (): string => Math.random().toString(36).slice(2, 8);

const state = (page: Page) => page.getByRole("status", { name: "State of this slide" });
const picture = (page: Page): Locator => page.locator("[data-slide] [data-page] figure");
const picker = (page: Page) => page.getByRole("dialog", { name: "Choose a picture" });

/** A PNG of bars in this colour. */
async function drawing(page: Page, colour: string): Promise<Buffer> {
  const address = await page.evaluate((fill) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 200];
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("no canvas");
    pen.fillStyle = "white";
    pen.fillRect(0, 0, 320, 200);
    pen.fillStyle = fill;
    for (let bar = 0; bar < 6; bar += 1) pen.fillRect(bar * 53, 200 - bar * 30, 40, 200);
    return canvas.toDataURL("image/png");
  }, colour);
  return Buffer.from(address.slice(address.indexOf(",") + 1), "base64");
}

async function imagesOf(person: SignedIn, cimId: string): Promise<Extract<Component, { type: "image" }>[]> {
  const { data } = await apiAs(person).GET("/cims/{cim_id}/slides/{slide_id}", {
    params: { path: { cim_id: cimId, slide_id: "s1-1" } },
  });
  const slide: Slide | undefined = data;
  return (slide?.components ?? []).flatMap((each) => (each.type === "image" ? [each] : []));
}

async function addPicture(page: Page): Promise<void> {
  await page.getByRole("button", { name: "More for this slide" }).click();
  await page.getByRole("menuitem", { name: "Add a picture" }).click();
  await expect(picker(page)).toBeVisible();
}

test("a picture is uploaded, replaced by one dropped onto it, described, and undone", async ({ as }) => {
  test.slow();
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Pictures ${mark()}`, 1, 1);
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await addPicture(page);
  await expect(picker(page).getByText("The documents hold no pictures.")).toBeVisible();
  await expectAccessible(page);
  await picker(page)
    .locator("input[type=file]")
    .setInputFiles({ name: "plant.png", mimeType: "image/png", buffer: await drawing(page, "navy") });
  await expect(picker(page)).toBeHidden();
  await expect(picture(page).locator("img")).toBeVisible();
  await expect(state(page)).toHaveText(/saved/);
  const [first] = await imagesOf(person, book.id);
  expect(first).toMatchObject({ alt: "", sources: [] });

  await picture(page).hover();
  await picture(page).getByRole("button", { name: "Describe the picture" }).click();
  await page.getByRole("textbox", { name: "What the picture shows" }).fill("The plant in Graz");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("img", { name: "The plant in Graz" })).toBeVisible();
  await expect.poll(async () => (await imagesOf(person, book.id))[0]?.alt).toBe("The plant in Graz");
  await expectAccessible(page);

  const other = (await drawing(page, "darkred")).toString("base64");
  const dropped = await page.evaluateHandle((content) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "other.png", { type: "image/png" }));
    return transfer;
  }, other);
  await picture(page).dispatchEvent("drop", { dataTransfer: dropped });
  await expect
    .poll(async () => {
      const [now] = await imagesOf(person, book.id);
      return now !== undefined && now.blob_id !== first?.blob_id;
    })
    .toBe(true);
  await expect(picture(page).locator("img")).toBeVisible();

  // Both are there to be used again.
  await picture(page).hover();
  await picture(page).getByRole("button", { name: "Replace the picture" }).click();
  await expect(picker(page).getByRole("listitem")).toHaveCount(2);
  await page.keyboard.press("Escape");

  await page.locator("body").press("ControlOrMeta+z");
  await expect
    .poll(async () => (await imagesOf(person, book.id))[0])
    .toMatchObject({
      blob_id: first?.blob_id,
      alt: "The plant in Graz",
    });
});

test("a picture of a document is chosen with its place as the source, and others see it at once", async ({
  as,
}) => {
  test.slow();
  const { page, person } = await as("lead");
  const book = await writtenBook(person, `Found ${mark()}`, 1, 1);
  const content = (await drawing(page, "seagreen")).toString("base64");
  await page.setContent(
    `<h1>Our plant</h1><p>The plant in Graz</p><img src="data:image/png;base64,${content}">`,
  );
  const form = new FormData();
  form.set("file", new File([new Uint8Array(await page.pdf())], "plant.pdf"));
  const sent = await fetch(`${PRODUCT}/cims/${book.id}/sources`, {
    method: "POST",
    headers: { authorization: `Bearer ${person.accessToken}` },
    body: form,
  });
  expect(sent.status).toBe(202);
  await documentsRead(person, book.id, 1);

  const watching = await as("reviewer");
  await watching.page.goto(`/app/books/${book.id}/slides/s1-1`);
  await expect(watching.page.locator("[data-slide]")).toBeVisible();

  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await addPicture(page);
  await picker(page)
    .getByRole("button", { name: /plant\.pdf/ })
    .click();
  await expect(picture(page).locator("img")).toBeVisible();
  await expect
    .poll(async () => (await imagesOf(person, book.id))[0]?.sources[0]?.locator)
    .toMatch(/picture 1/);
  await expect(picture(watching.page).locator("img")).toBeVisible();
  await expect(watching.page.getByRole("button", { name: "Replace the picture" })).toHaveCount(0);
});

test("what is no picture is refused in words, and the slide stays as it is", async ({ as }) => {
  const { page, person } = await as("editor");
  const lead = await as("lead");
  const book = await writtenBook(lead.person, `No picture ${mark()}`, 1, 1);
  await page.goto(`/app/books/${book.id}/slides/s1-1`);
  await addPicture(page);
  await picker(page)
    .locator("input[type=file]")
    .setInputFiles({ name: "fake.png", mimeType: "image/png", buffer: Buffer.from("no picture at all") });
  await expect(picker(page).getByText("This is no picture that a slide can show.")).toBeVisible();
  expect(await imagesOf(person, book.id)).toEqual([]);
});
