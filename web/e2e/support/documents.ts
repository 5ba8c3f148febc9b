/** Documents of the example pack, in books of their own. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Source } from "../../src/api/types";
import { apiAs, type SignedIn, URL as PRODUCT } from "./stack";

const PATIENCE_MS = 60_000;
const ASK_AFTER_MS = 250;

export function pathOf(name: string): string {
  return fileURLToPath(new URL(`../../../examples/wd40/${name}`, import.meta.url));
}

/** Uploads these documents and waits until each has been read. */
export async function withDocuments(person: SignedIn, cimId: string, ...names: string[]): Promise<Source[]> {
  for (const name of names) {
    const form = new FormData();
    form.set("file", new File([readFileSync(pathOf(name))], name));
    const answer = await fetch(`${PRODUCT}/cims/${cimId}/sources`, {
      method: "POST",
      headers: { authorization: `Bearer ${person.accessToken}` },
      body: form,
    });
    if (!answer.ok) throw new Error(`${name} was not taken: ${await answer.text()}`);
  }
  return documentsRead(person, cimId, names.length);
}

/** Waits until so many documents have been read. */
export async function documentsRead(person: SignedIn, cimId: string, count: number): Promise<Source[]> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const { data } = await apiAs(person).GET("/cims/{cim_id}/sources", {
      params: { path: { cim_id: cimId } },
    });
    const sources = data?.items ?? [];
    if (sources.length >= count && sources.every(({ status }) => status === "ready")) return sources;
    if (Date.now() > until) throw new Error(`Not read: ${JSON.stringify(sources)}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_AFTER_MS));
  }
}
