/** Documents on their way to the API. They go on while the person looks at something else. */
import { inWords, Problem, problemOf, Unreachable } from "~/api/problem";
import type { Source } from "~/api/types";
import { newId } from "~/lib/ids";
import { renew, usableSession } from "~/lib/session/session";
import { createStore } from "~/lib/store";

export interface Upload {
  id: string;
  cimId: string;
  file: File;
  /** From 0 to 1, of the bytes. */
  sent: number;
  /** Why it did not go through, and what to do. */
  failed: string | null;
  /** Whether this file would be refused again. */
  isFinal: boolean;
}

export const uploads = createStore<readonly Upload[]>([]);

/** Answers that the file itself brings about: too large, of an unknown kind, not readable. */
const OF_THE_FILE: ReadonlySet<number> = new Set([400, 413, 415, 422]);

type Arrived = (source: Source) => void;

let last: Promise<void> = Promise.resolve();

/** One after the other. `arrived` is told of each that the API has taken. */
export function uploadAll(cimId: string, files: readonly File[], arrived: Arrived): void {
  const fresh = files.map((file) => ({ id: newId(), cimId, file, sent: 0, failed: null, isFinal: false }));
  uploads.set([...uploads.get(), ...fresh]);
  for (const one of fresh) last = last.then(() => go(one, arrived));
}

export function tryAgain(upload: Upload, arrived: Arrived): void {
  note(upload.id, { sent: 0, failed: null });
  last = last.then(() => go(upload, arrived));
}

export function forget({ id }: Upload): void {
  uploads.set(uploads.get().filter((one) => one.id !== id));
}

function note(id: string, news: Partial<Upload>): void {
  uploads.set(uploads.get().map((one) => (one.id === id ? { ...one, ...news } : one)));
}

async function go(upload: Upload, arrived: Arrived): Promise<void> {
  try {
    arrived(await sending(upload));
    forget(upload);
  } catch (error) {
    const { sentence, next } = inWords(error);
    note(upload.id, {
      failed: `${sentence} ${error instanceof Unreachable ? "" : next}`.trim(),
      isFinal: error instanceof Problem && OF_THE_FILE.has(error.status),
    });
  }
}

async function sending(upload: Upload): Promise<Source> {
  for (let renewed = false; ; renewed = true) {
    const session = await usableSession();
    if (!session) throw new Unreachable();
    const answer = await posted(upload, session.accessToken);
    if (answer.status === 401 && !renewed) {
      await renew(session.accessToken);
      continue;
    }
    if (!answer.ok) throw await problemOf(answer);
    return (await answer.json()) as Source;
  }
}

/** By XMLHttpRequest: fetch does not tell how far an upload is. */
function posted({ id, cimId, file }: Upload, token: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/cims/${encodeURIComponent(cimId)}/sources`);
    request.setRequestHeader("authorization", `Bearer ${token}`);
    request.upload.onprogress = ({ loaded, total }) => note(id, { sent: total ? loaded / total : 0 });
    request.onload = () => {
      const retry = request.getResponseHeader("retry-after");
      const headers: HeadersInit = retry ? { "retry-after": retry } : {};
      resolve(new Response(request.responseText, { status: request.status, headers }));
    };
    request.onerror = () => reject(new Unreachable());
    const form = new FormData();
    form.set("file", file);
    request.send(form);
  });
}
