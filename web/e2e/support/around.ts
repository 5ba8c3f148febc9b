/** People and organisations of a test's own, so that tests change nothing that others look at. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Browser, Page } from "@playwright/test";

import type { components } from "../../src/api/schema";
import { apiAs, type SignedIn, signInAs, URL } from "./stack";
import { keepSignedIn } from "./test";

type Schemas = components["schemas"];

const PASSWORD = "a-long-enough-password";

interface Answered<T> {
  data?: T;
  error?: unknown;
}

/** The answer, or what was refused as an error. */
export function given<T>({ data, error }: Answered<T>): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

/** An account that nobody else uses. */
export async function newcomer(name: string): Promise<SignedIn> {
  const email = `${name.toLowerCase().replaceAll(/\W+/g, ".")}.${randomUUID().slice(0, 8)}@example.org`;
  const answer = await fetch(`${URL}/auth/sign-up`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: PASSWORD, full_name: name }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return signInAs({ name, email, password: PASSWORD });
}

export async function newOrg(owner: SignedIn, name: string): Promise<string> {
  return given(await apiAs(owner).POST("/orgs", { body: { name } })).org_id;
}

export async function newProject(owner: SignedIn, orgId: string, name: string): Promise<string> {
  return given(await apiAs(owner).POST("/projects", { body: { org_id: orgId, name } })).project_id;
}

export async function newDeal(lead: SignedIn, projectId: string, name: string): Promise<string> {
  return given(await apiAs(lead).POST("/deals", { body: { project_id: projectId, name } })).id;
}

/** Somebody new in the organisation, with these roles. */
export async function joined(
  owner: SignedIn,
  orgId: string,
  name: string,
  roles: Pick<Schemas["NewInvitation"], "org_role"> & { project_id?: string; project_role?: Schemas["Role"] },
): Promise<SignedIn> {
  const person = await newcomer(name);
  const body = { expires_in_days: 1, ...roles };
  const { token } = given(
    await apiAs(owner).POST("/orgs/{org_id}/invitations", { params: { path: { org_id: orgId } }, body }),
  );
  given(await apiAs(person).POST("/invitations/accept", { body: { token } }));
  return person;
}

/** A page of their own for somebody, in a browser of their own. */
export async function pageOf(browser: Browser, person: SignedIn | null): Promise<Page> {
  const context = await browser.newContext({ baseURL: URL, viewport: { width: 1440, height: 900 } });
  if (person) await keepSignedIn(context, person);
  return context.newPage();
}

const DATA = process.env.BOOKRUNNER_WEB_DATA;

/** Makes a build known, as the operators do; only where the product is the tests' own. */
export async function addVersion(buildId: string, name: string): Promise<void> {
  if (!DATA) throw new Error("This product is not ours to operate.");
  const { addresses } = JSON.parse(readFileSync(join(DATA, "stack.json"), "utf8")) as {
    addresses: { supabase_url: string; service_role_key: string };
  };
  const answer = await fetch(`${addresses.supabase_url}/rest/v1/versions`, {
    method: "POST",
    headers: {
      apikey: addresses.service_role_key,
      authorization: `Bearer ${addresses.service_role_key}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ build_id: buildId, name }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** The code of the last mail to somebody; the embedded Supabase writes mails into its log in place of sending them. */
export function codeMailedTo(email: string): string | null {
  if (!DATA) throw new Error("This product is not ours to operate.");
  const mails = readFileSync(join(DATA, "logs", "supabase.log"), "utf8").split(`To: ${email}\n`);
  return mails.length > 1 ? (/code: (\d+)/.exec(mails.at(-1) ?? "")?.[1] ?? null) : null;
}

export const mayOperate = DATA !== undefined;
