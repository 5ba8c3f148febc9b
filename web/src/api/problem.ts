import type { ProblemDetails } from "./types";

/** What the API refused, in its own words (RFC 9457). */
export class Problem extends Error {
  readonly details: ProblemDetails;
  readonly retryAfterSeconds: number | null;

  constructor(details: ProblemDetails, retryAfterSeconds: number | null = null) {
    super(details.detail);
    this.name = "Problem";
    this.details = details;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status(): number {
    return this.details.status;
  }

  get code(): string {
    return this.details.code;
  }

  get nextStep(): string {
    return this.details.next_step;
  }
}

/** The API cannot be reached: no network, or nobody answers. */
export class Unreachable extends Error {
  constructor() {
    super("Bookrunner cannot be reached just now.");
    this.name = "Unreachable";
  }
}

/** Nobody is signed in. */
export class SignedOut extends Error {
  constructor() {
    super("You are signed out.");
    this.name = "SignedOut";
  }
}

export function isProblemDetails(value: unknown): value is ProblemDetails {
  return (
    typeof value === "object" && value !== null && "status" in value && "detail" in value && "code" in value
  );
}

/** An answer that is no success, as a Problem; also where it is not in the API's words. */
export async function problemOf(answer: Response): Promise<Problem> {
  const retry = Number(answer.headers.get("retry-after"));
  const said: unknown = await answer.json().catch(() => null);
  const details: ProblemDetails = isProblemDetails(said)
    ? said
    : {
        type: "about:blank",
        code: answer.status >= 500 ? "internal" : "invalid_input",
        title: "Unexpected answer",
        status: answer.status,
        detail: `The server answered ${answer.status}.`,
        next_step: "Try again in a moment.",
        rev: null,
        events_since: null,
        errors: null,
      };
  return new Problem(details, retry > 0 ? retry : null);
}

/** Any error as a sentence for a person, and what to do next. */
export function inWords(error: unknown): { sentence: string; next: string } {
  if (error instanceof Problem) return { sentence: error.message, next: error.nextStep };
  if (error instanceof Unreachable)
    return { sentence: error.message, next: "What you change is kept and sent when it is back." };
  if (error instanceof SignedOut) return { sentence: error.message, next: "Sign in again." };
  return {
    sentence: "Something went wrong on this page.",
    next: "Reload it; nothing that you saved is lost.",
  };
}
