/** Who is signed in, in this browser: shared by its tabs, renewed before it ends, never guessed. */
import { createStore, until } from "../store";
import { exclusively } from "../locks";

export interface Session {
  accessToken: string;
  refreshToken: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  personId: string;
  email: string;
  name: string;
}

/** `expired`: the person is known, but has to sign in again; what they do meanwhile waits. */
export type SessionState =
  { is: "out" } | { is: "in"; session: Session } | { is: "expired"; session: Session };

const KEPT_UNDER = "bookrunner:session";
const RENEW_BEFORE_MS = 60_000;

export const sessionState = createStore<SessionState>(kept());

export class SignInRefused extends Error {}

function kept(): SessionState {
  try {
    const text = localStorage.getItem(KEPT_UNDER);
    if (text) return { is: "in", session: JSON.parse(text) as Session };
  } catch {
    // A browser that keeps nothing still works until its page is closed.
  }
  return { is: "out" };
}

function keep(session: Session | null): void {
  try {
    if (session) localStorage.setItem(KEPT_UNDER, JSON.stringify(session));
    else localStorage.removeItem(KEPT_UNDER);
  } catch {
    // See above.
  }
}

export function watchOtherTabs(): () => void {
  const changed = (event: StorageEvent): void => {
    if (event.key === KEPT_UNDER) sessionState.set(kept());
  };
  window.addEventListener("storage", changed);
  return () => window.removeEventListener("storage", changed);
}

export async function signIn(email: string, password: string): Promise<void> {
  const answer = await post("/auth/sign-in", { email, password });
  if (answer.status === 400 || answer.status === 401 || answer.status === 422)
    throw new SignInRefused("This email and password do not belong together.");
  if (!answer.ok) throw new SignInRefused("Signing in does not work just now. Try again in a moment.");
  begin(sessionOf(await answer.json()));
}

export function begin(session: Session): void {
  keep(session);
  sessionState.set({ is: "in", session });
}

export function signOut(): void {
  const state = sessionState.get();
  keep(null);
  sessionState.set({ is: "out" });
  if (state.is !== "out")
    void fetch("/auth/sign-out", {
      method: "POST",
      headers: { authorization: `Bearer ${state.session.accessToken}` },
      keepalive: true,
    }).catch(() => undefined);
}

/** A session whose token holds a little longer. Null when signed out; waits while the person signs in again. */
export async function usableSession(): Promise<Session | null> {
  for (;;) {
    const state = sessionState.get();
    if (state.is === "out") return null;
    if (state.is === "expired") {
      await until(sessionState, (value): value is SessionState => value.is !== "expired");
    } else if (state.session.expiresAt - Date.now() > RENEW_BEFORE_MS) {
      return state.session;
    } else {
      await renew(state.session.accessToken);
    }
  }
}

/** A new token in the place of this one; where that is refused, the session is expired. */
export async function renew(refusedToken: string): Promise<void> {
  await exclusively("session", async () => {
    const state = kept();
    if (state.is !== "in") return;
    if (state.session.accessToken !== refusedToken) {
      sessionState.set(state);
      return;
    }
    const answer = await post("/auth/refresh", { refresh_token: state.session.refreshToken });
    // Only signing in and up tell a name; a new token does not.
    if (answer.ok) begin({ ...sessionOf(await answer.json()), name: state.session.name });
    else if (answer.status < 500) sessionState.set({ is: "expired", session: state.session });
    else if (state.session.expiresAt > Date.now()) return;
    else throw new Error("The sign-in could not be renewed just now.");
  });
}

/** The token was refused although it is new: the person has to sign in again. */
export function expire(): void {
  const state = sessionState.get();
  if (state.is === "in") sessionState.set({ is: "expired", session: state.session });
}

function post(path: string, body: unknown): Promise<Response> {
  return fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

interface Tokens {
  access_token: string;
  refresh_token: string;
  user?: { user_metadata?: { full_name?: string } };
}

interface Claims {
  sub: string;
  email?: string;
  exp: number;
}

export function sessionOf(answer: unknown): Session {
  const tokens = answer as Tokens;
  const claims = claimsOf(tokens.access_token);
  const email = claims.email ?? "";
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresAt: claims.exp * 1000,
    personId: claims.sub,
    email,
    name: tokens.user?.user_metadata?.full_name ?? nameFrom(email),
  };
}

function claimsOf(token: string): Claims {
  const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
}

/** `tom.okafor@…` reads "Tom Okafor"; whoever tries without an account is a guest. */
export function nameFrom(email: string): string {
  if (!email || email.endsWith("@trial.invalid")) return "Guest";
  return (email.split("@")[0] ?? "")
    .split(/[._-]+/)
    .filter(Boolean)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(" ");
}
