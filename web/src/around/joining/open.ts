/** Calls of people who are not signed in yet. */
import createClient from "openapi-fetch";

import type { paths } from "~/api/schema";
import type { components } from "~/api/schema";
import { begin, sessionOf } from "~/lib/session/session";

export const open = createClient<paths>({
  baseUrl: typeof window === "undefined" ? "http://localhost" : window.location.origin,
});

/** Goes on as whom the answer says; `name` where the person gave one. */
export function goOnAs(signedIn: components["schemas"]["SignedIn"], name = ""): void {
  const session = sessionOf(signedIn);
  begin({ ...session, name: name.trim() || session.name });
}

export const MIN_PASSWORD = 10;
export const MAX_PASSWORD = 72;

export const passwordFault = (password: string): string | null =>
  password.length >= MIN_PASSWORD && password.length <= MAX_PASSWORD
    ? null
    : `A password has ${MIN_PASSWORD} to ${MAX_PASSWORD} letters.`;

export const emailFault = (email: string): string | null =>
  /^[^@\s]+@[^@\s]+$/.test(email.trim()) ? null : "That is no address.";
