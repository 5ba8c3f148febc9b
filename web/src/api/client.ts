/** The API of this very address, with its own types. Every call of the page goes through here. */
import createClient from "openapi-fetch";

import { notReached, reached } from "~/lib/connection";
import { expire, renew, usableSession } from "~/lib/session/session";

import { Problem, problemOf, SignedOut, Unreachable } from "./problem";
import type { paths } from "./schema";

/** A fetch as the signed-in person. Waits while they sign in again; raises SignedOut or Unreachable. */
export async function authorizedFetch(request: Request): Promise<Response> {
  for (let renewed = false; ; renewed = true) {
    const session = await reaching(usableSession());
    if (!session) throw new SignedOut();
    const attempt = request.clone();
    attempt.headers.set("authorization", `Bearer ${session.accessToken}`);
    const answer = await reaching(fetch(attempt));
    if (answer.status !== 401) return answer;
    if (renewed) expire();
    else await reaching(renew(session.accessToken));
  }
}

async function reaching<T>(call: Promise<T>): Promise<T> {
  try {
    const answer = await call;
    reached();
    return answer;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    notReached();
    throw new Unreachable();
  }
}

export const api = createClient<paths>({
  baseUrl: typeof window === "undefined" ? "http://localhost" : window.location.origin,
  fetch: authorizedFetch,
});

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer of a call, or its Problem raised: `await told(api.GET("/cims"))`. */
export async function told<T>(call: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  const { status, headers } = response;
  throw await problemOf(new Response(JSON.stringify(error), { status, headers }));
}

/** Whether trying the same call again may help. */
export function mayPass(error: unknown): boolean {
  return (
    error instanceof Unreachable ||
    (error instanceof Problem && (error.status >= 500 || error.status === 429))
  );
}
