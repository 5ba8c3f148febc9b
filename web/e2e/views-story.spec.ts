/** The story architect: the thesis over time and across sections, holes and repetitions. */
import { newBook, send, textSlide } from "./support/stack";
import { field, mark } from "./support/talk";
import { expect, expectAccessible, expectNoSidewaysScroll, test } from "./support/test";

test("a book without a thesis is told what belongs here", async ({ as }) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `No story ${mark()}`);
  await page.goto(`/app/books/${book.id}/story`);
  await expect(page.getByRole("heading", { name: "No thesis yet" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Write the thesis" }).click();
  await expect(page).toHaveURL(/stages\/hero_concept$/);
});

test("the thesis stands over time and across sections, with its holes and what is said twice", async ({
  as,
}) => {
  const { page, person } = await as("lead");
  const book = await newBook(person, `Story ${mark()}`);
  await send(
    person,
    book.id,
    {
      type: "save_hero_context",
      hero: {
        selected_hero: "One can in 176 countries",
        investment_thesis: {
          asset: "The brand is known in every workshop.",
          timing: "Net sales grew to $590.6 million in FY2024.",
          opportunity: "Premium straws for professional users.",
        },
      },
    },
    {
      type: "save_outline",
      sections: ["Company", "Financials", "Risks"].map((title) => ({
        id: title.toLowerCase(),
        title,
        description: "",
      })),
    },
    {
      type: "save_slide",
      slide: textSlide(
        "reach",
        "company",
        "One can in 176 countries",
        "The brand is known in every workshop.",
      ),
    },
    {
      type: "save_slide",
      slide: textSlide(
        "sales",
        "financials",
        "Net sales grew",
        "Net sales grew to $590.6 million in FY2024.",
      ),
    },
    {
      type: "save_slide",
      slide: textSlide(
        "again",
        "financials",
        "Net sales grew",
        "Net sales grew to $590.6 million in FY2024.",
      ),
    },
  );
  await page.goto(`/app/books/${book.id}/story`);
  const sections = page.getByRole("region", { name: "Thesis by section" });
  const row = (words: string) => sections.getByRole("row").filter({ hasText: words });
  await expect(row("The brand is known").getByRole("button", { name: /1 slide.*Company/ })).toBeVisible();
  await expect(row("Net sales grew").getByRole("button", { name: /2 slides.*Financials/ })).toBeVisible();
  await expect(row("Premium straws")).toContainText("no slide carries this");
  await expect(sections.getByRole("columnheader", { name: /Risks/ })).toContainText("no point");

  const years = page.getByRole("region", { name: "Thesis by year" });
  await expect(years.getByRole("columnheader", { name: "FY2024" })).toBeVisible();
  await expect(years.getByRole("button", { name: /2 slides.*FY2024/ })).toBeVisible();

  const holes = page.getByRole("region", { name: "Holes" });
  await expect(holes).toContainText("No slide carries Opportunity: “Premium straws for professional users.”");
  await expect(holes).toContainText("Risks has no slides yet.");
  const twice = page.getByRole("region", { name: "Repetitions" }).getByRole("listitem");
  await expect(twice).toContainText("100% alike");
  await expectAccessible(page);

  await holes.getByRole("button", { name: /Fill with the AI: No slide carries Opportunity/ }).click();
  await expect(field(page)).toHaveValue(/Which slide should carry “Premium straws/);
  await row("Net sales grew")
    .getByRole("button", { name: /2 slides/ })
    .click();
  await expect(page.getByRole("menuitem")).toHaveCount(2);
  await page.keyboard.press("Escape");

  // Live: what is said once, and where a slide comes, is no hole any more.
  await send(
    person,
    book.id,
    { type: "remove_slide", slide_id: "again" },
    {
      type: "save_slide",
      slide: textSlide(
        "straws",
        "risks",
        "Premium straws for professional users",
        "3 straws of 12 are premium.",
      ),
    },
  );
  await expect(page.getByRole("heading", { name: "No repetitions" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "No holes" })).toBeVisible();

  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole("heading", { name: "Across the sections" })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});
