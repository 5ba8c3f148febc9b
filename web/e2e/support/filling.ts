/** What would take days or thousands of words, put into the store of the product: tests/browser/filling.py. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const PYTHON = process.env.BOOKRUNNER_WEB_PYTHON;
const DATA = process.env.BOOKRUNNER_WEB_DATA;
const CHECKOUT = join(import.meta.dirname, "../../..");

/** A talk of so many messages, or the end of the book in so many days. Only where the product is the tests' own. */
export async function fill(what: "talk" | "end", cimId: string, number: number): Promise<void> {
  if (!PYTHON || !DATA) throw new Error("This product is not ours to fill.");
  await promisify(execFile)(PYTHON, ["-m", "tests.browser.filling", what, cimId, String(number)], {
    cwd: CHECKOUT,
    env: { ...process.env, BOOKRUNNER_DATA_DIR: DATA },
  });
}

export const mayFill = PYTHON !== undefined && DATA !== undefined;
export const NOT_OURS = "The store of this product is not ours to fill.";
