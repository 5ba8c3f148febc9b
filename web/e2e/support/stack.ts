/** The running product, as tests reach it without a browser. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { paths } from "../../src/api/schema";
import createClient from "openapi-fetch";

import type { Book, Command, SentCommand, SlideDraft } from "../../src/api/types";

export const URL = process.env.BOOKRUNNER_WEB_URL ?? "http://127.0.0.1:8400";
const DATA = process.env.BOOKRUNNER_WEB_DATA;

export type Role = "owner" | "admin" | "billing" | "lead" | "editor" | "reviewer" | "viewer";

export interface Somebody {
  name: string;
  email: string;
  password: string;
}

export interface SignedIn extends Somebody {
  personId: string;
  accessToken: string;
  refreshToken: string;
  expiresAt: number;
}

interface Config {
  demo_people: (Somebody & { role: Role; organization: string })[];
}

/** A demonstration person of the first organisation, or of another one by name. */
export async function somebody(role: Role, organization = "Harbour & Finch"): Promise<Somebody> {
  const config = (await (await fetch(`${URL}/web-config`)).json()) as Config;
  const found = config.demo_people.find((one) => one.role === role && one.organization === organization);
  if (!found) throw new Error(`Nobody is ${role} at ${organization}.`);
  return found;
}

const signedIn = new Map<string, Promise<SignedIn>>();

/** A session of its own for a role, kept for the whole run. */
export function signedInAs(role: Role, organization?: string): Promise<SignedIn> {
  const name = `${role}/${organization ?? ""}`;
  const known = signedIn.get(name) ?? somebody(role, organization).then(signInAs);
  signedIn.set(name, known);
  return known;
}

export async function signInAs(person: Somebody): Promise<SignedIn> {
  const answer = await fetch(`${URL}/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: person.email, password: person.password }),
  });
  if (!answer.ok) throw new Error(`Signing in as ${person.email} failed: ${await answer.text()}`);
  const tokens = (await answer.json()) as { access_token: string; refresh_token: string };
  const claims = JSON.parse(Buffer.from(tokens.access_token.split(".")[1] ?? "", "base64url").toString()) as {
    sub: string;
    exp: number;
  };
  return {
    ...person,
    personId: claims.sub,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresAt: claims.exp * 1000,
  };
}

export function apiAs(person: SignedIn) {
  return createClient<paths>({
    baseUrl: URL,
    headers: { authorization: `Bearer ${person.accessToken}` },
  });
}

async function dealOf(person: SignedIn): Promise<string> {
  const api = apiAs(person);
  const { data: me } = await api.GET("/me");
  const project = me?.projects[0]?.project_id ?? "";
  const { data: deals } = await api.GET("/deals", { params: { query: { project_id: project } } });
  const deal = deals?.items[0]?.id;
  if (!deal) throw new Error(`${person.name} has no deal.`);
  return deal;
}

export async function newBook(person: SignedIn, title: string, dealId?: string): Promise<Book> {
  const { data, error } = await apiAs(person).POST("/cims", {
    body: { deal_id: dealId ?? (await dealOf(person)), title },
  });
  if (!data || !("rev" in data)) throw new Error(`No book: ${JSON.stringify(error)}`);
  return data;
}

export async function send(person: SignedIn, cimId: string, ...commands: Command[]): Promise<void> {
  const body: SentCommand[] = commands.map((command) => ({ ...command, command_id: randomUUID() }));
  const { data, error } = await apiAs(person).POST("/cims/{cim_id}/commands", {
    params: { path: { cim_id: cimId } },
    body,
  });
  const refused = data?.results.find(({ status }) => status === "refused");
  if (error ?? refused) throw new Error(JSON.stringify(error ?? refused?.problem));
}

export async function readBook(person: SignedIn, cimId: string): Promise<Book> {
  const { data } = await apiAs(person).GET("/cims/{cim_id}", { params: { path: { cim_id: cimId } } });
  if (!data) throw new Error("The book cannot be read.");
  return data;
}

export function textSlide(id: string, sectionId: string, title: string, text = "Text."): SlideDraft {
  return {
    id,
    section_id: sectionId,
    title,
    layout_type: "text",
    components: [{ type: "text", id: "body", text, sources: [] }],
    sources: [],
    notes: "",
  };
}

/** A book with a persona, a hero concept, an outline of `sections` and `slides` slides in each. */
export async function writtenBook(
  person: SignedIn,
  title: string,
  sections = 2,
  slides = 3,
  dealId?: string,
): Promise<Book> {
  const book = await newBook(person, title, dealId);
  const ids = Array.from({ length: sections }, (_, number) => `s${number + 1}`);
  await send(
    person,
    book.id,
    {
      type: "save_buyer_persona",
      persona: { type: "Financial sponsor", motivations: ["Cash generation"], concerns: ["Entry valuation"] },
    },
    {
      type: "save_hero_context",
      hero: {
        selected_hero: "Reach",
        investment_thesis: { asset: "The brand", timing: "Growth now", opportunity: "New markets" },
      },
    },
    {
      type: "save_outline",
      sections: ids.map((id, number) => ({ id, title: `Section ${number + 1}`, description: "" })),
    },
  );
  for (const section of ids)
    for (let from = 0; from < slides; from += 50)
      await send(
        person,
        book.id,
        ...Array.from({ length: Math.min(50, slides - from) }, (_, number) => ({
          type: "save_slide" as const,
          slide: textSlide(
            `${section}-${from + number + 1}`,
            section,
            `Slide ${from + number + 1} of ${section}`,
          ),
        })),
      );
  return readBook(person, book.id);
}

/** Kills a part the hard way; the supervisor starts it again. Only where the product is the tests' own. */
export function kill(part: "worker" | "api"): void {
  if (!DATA) throw new Error("This product is not ours to break.");
  const { pids } = JSON.parse(readFileSync(join(DATA, "stack.json"), "utf8")) as {
    pids: Record<string, number>;
  };
  const pid = pids[part];
  if (pid) process.kill(pid, "SIGKILL");
}

export const mayKill = DATA !== undefined;
