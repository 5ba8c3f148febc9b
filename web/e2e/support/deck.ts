/** What stands where: on the pages of an exported deck, and on the slides that the workspace shows. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, type Locator } from "@playwright/test";

import { given } from "./around";
import { apiAs, type SignedIn, URL } from "./stack";

const PYTHON = process.env.BOOKRUNNER_WEB_PYTHON ?? "python3";
const CHECKOUT = join(import.meta.dirname, "../../..");

/** A part of a page; lengths in points on 960 × 540. */
export interface Part {
  name: string;
  x: number;
  y: number;
  w: number;
  h: number;
  lines: string[];
  sizes: number[];
  table?: { rows: string[][]; sizes: number[]; widths: number[]; heights: number[]; aligned: string[] };
}

interface Chart {
  kind: string;
  categories: string[];
  series: { name: string; values: (number | null)[] }[];
}

const KINDS: Record<string, string> = {
  column_clustered: "bar",
  column_stacked: "stacked bar",
  line_markers: "line",
  pie: "pie",
};

/** In the words in which the workspace says what a chart shows. */
function told({ kind, categories, series }: Chart): string {
  const lines = series.map(
    ({ name, values }) =>
      `${name}: ${categories.map((each, at) => `${each} ${values[at] ?? "–"}`).join(", ")}`,
  );
  return `${KINDS[kind] ?? kind} chart: ${lines.join("; ")}`;
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const lowered = (text: string): string =>
  text.replace(/[⁰¹²³⁴-⁹]/gu, (digit) => String(RAISED.indexOf(digit)));

/** The shapes of each page of the book as PowerPoint, as tests/browser/shapes.py reads them. */
export async function shapesOf(person: SignedIn, cimId: string): Promise<Part[][]> {
  const api = apiAs(person);
  const { export_id } = given(
    await api.POST("/cims/{cim_id}/exports", {
      params: { path: { cim_id: cimId } },
      body: { format: "pptx" },
    }),
  );
  await expect
    .poll(
      async () => given(await api.GET("/exports/{export_id}", { params: { path: { export_id } } })).status,
      { timeout: 60_000 },
    )
    .toBe("ready");
  const answer = await fetch(`${URL}/exports/${export_id}/file`, {
    headers: { authorization: `Bearer ${person.accessToken}` },
  });
  const folder = await mkdtemp(join(tmpdir(), "deck-"));
  const file = join(folder, "deck.pptx");
  await writeFile(file, new Uint8Array(await answer.arrayBuffer()));
  const { stdout } = await promisify(execFile)(PYTHON, ["-m", "tests.browser.shapes", file], {
    cwd: CHECKOUT,
  });
  await rm(folder, { recursive: true });
  const pages = JSON.parse(lowered(stdout)) as (Omit<Part, "lines" | "sizes"> &
    Partial<Part> & { chart?: Chart })[][];
  return pages.map((page) =>
    page.map(({ chart, lines = chart ? [told(chart)] : [], sizes = [], ...part }) => ({
      ...part,
      lines,
      sizes,
    })),
  );
}

/** The parts of a slide that is shown, in the order of the page. */
export async function partsOf(page: Locator): Promise<Part[]> {
  return page.evaluate((outer) => {
    const paper = outer.getBoundingClientRect();
    const unit = paper.width / 960;
    const px = (length: string): number => parseFloat(length) / unit;
    const sizeOf = (node: Element): number => px(getComputedStyle(node).fontSize);
    const alignments: Record<string, string> = { start: "left", left: "left", right: "right" };

    function textOf(node: HTMLElement): string {
      const copy = node.cloneNode(true) as HTMLElement;
      // Between two that may be written; only seen where one is about to write.
      for (const between of copy.querySelectorAll("[data-between=false]")) between.remove();
      return copy.textContent.trim();
    }

    function linesOf(node: HTMLElement): { lines: string[]; sizes: number[] } {
      const blocks = [...node.querySelectorAll<HTMLElement>("p, li, footer, [class*=paragraph]")].filter(
        (each) => !each.querySelector("p, li, [class*=paragraph]"),
      );
      const filled = (blocks.length ? blocks : [node])
        .map((each) => ({ text: textOf(each), size: sizeOf(each) }))
        .filter(({ text }) => text !== "");
      return { lines: filled.map(({ text }) => text), sizes: filled.map(({ size }) => size) };
    }

    function tableOf(table: HTMLTableElement): Part["table"] {
      const rows = [...table.rows];
      const last = [...(rows.at(-1)?.cells ?? [])];
      return {
        rows: rows.map((row) => [...row.cells].map((cell) => cell.textContent)),
        sizes: [sizeOf(table)],
        widths: last.map((cell) => cell.getBoundingClientRect().width / unit),
        heights: rows.map((row) => row.getBoundingClientRect().height / unit),
        aligned: last.map((cell) => alignments[getComputedStyle(cell).textAlign] ?? "left"),
      };
    }

    /** What a chart shows, and which of its categories are not written in it. */
    function chartOf(node: HTMLElement): string[] {
      const drawing = node.querySelector("svg[role=img]");
      const label = drawing?.getAttribute("aria-label") ?? "";
      const written = (drawing ? drawing.textContent : "").replace(/\s/g, "");
      const categories = [...label.matchAll(/(?:[:,;]) ([^:,;]+) [-–\d.]+(?=[,;]|$)/g)].map(
        ([, name]) => name ?? "",
      );
      const missing = categories.filter((name) => !written.includes(name.replace(/\s/g, "")));
      return [label, ...missing.map((name) => `without ${name}`)];
    }

    /** As large as it is drawn within its place. */
    function drawn(image: HTMLImageElement, box: DOMRect): DOMRect {
      const scale = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
      const wide = image.naturalWidth * scale;
      return new DOMRect(box.x + (box.width - wide) / 2, box.y, wide, image.naturalHeight * scale);
    }

    return [...outer.querySelectorAll<HTMLElement>("[data-part]")].map((node) => {
      const own = node.getBoundingClientRect();
      const box = node instanceof HTMLImageElement ? drawn(node, own) : own;
      const isChart = node.dataset["part"] === "Chart";
      const isTable = node instanceof HTMLTableElement;
      return {
        name: node.dataset["part"] ?? "",
        x: (box.x - paper.x) / unit,
        y: (box.y - paper.y) / unit,
        w: box.width / unit,
        h: box.height / unit,
        ...(isChart
          ? { lines: chartOf(node), sizes: [] }
          : isTable
            ? { lines: [], sizes: [] }
            : linesOf(node)),
        ...(isTable ? { table: tableOf(node) } : {}),
      };
    });
  });
}
