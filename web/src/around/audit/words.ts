/** Entries of the audit log in words. Pure; whatever an entry holds is shown, also what nobody expects. */
import type { AuditFilter, AuditRow } from "./data";

interface Party {
  id: string;
  kind: string;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function partyOf(value: unknown): Party {
  if (typeof value !== "object" || value === null) return { id: text(value), kind: "" };
  const { id, kind } = value as Record<string, unknown>;
  return { id: text(id), kind: text(kind) };
}

const WHOLE: Record<string, string> = {
  "session.begin": "Signed in",
  "session.end": "Signed out",
  "deployment.call_off": "Deployment called off",
};

const DONE: Record<string, string> = {
  accept: "accepted",
  add: "added",
  answer: "answered",
  approve: "approved",
  ask: "asked",
  begin: "begun",
  cancel: "cancelled",
  close: "closed",
  comment: "commented on",
  commit: "committed",
  compare: "compared",
  complete: "completed",
  confirm: "confirmed",
  create: "created",
  cut: "cut",
  delete: "deleted",
  end: "ended",
  export: "exported",
  fork: "forked",
  gather: "gathered",
  invite: "invited",
  list: "read",
  open: "opened",
  read: "read",
  remove: "removed",
  rename: "renamed",
  reopen: "opened again",
  reorder: "put in order",
  resolve: "settled",
  restore: "restored",
  retire: "retired",
  revoke: "revoked",
  save: "saved",
  set: "set",
  start: "started",
  transfer: "handed over",
  update: "changed",
  upload: "uploaded",
  verify: "checked",
  withdraw: "withdrawn",
};

/** "cim.create" reads "Book created"; "deployment.start_workers" reads "Workers started". */
export function actionInWords(action: string): string {
  const [kind = "", rest = ""] = action.split(".", 2);
  const [verb = "", ...object] = rest.split("_");
  const done = DONE[verb];
  const what = object.length > 0 ? object.join(" ") : kindInWords(kind);
  const words = done === undefined ? `${kindInWords(kind)} ${rest.replaceAll("_", " ")}` : `${what} ${done}`;
  return WHOLE[action] ?? words.trim().replace(/^./, (first) => first.toUpperCase());
}

const KIND_NAMES: Record<string, string> = {
  user: "person",
  api_key: "key",
  cim: "book",
  org: "organisation",
};

export const kindInWords = (kind: string): string => KIND_NAMES[kind] ?? kind.replaceAll("_", " ");

/** The name where it is known, else the kind with the end of its id. */
export function inWords({ id, kind }: Party, names: ReadonlyMap<string, string>): string {
  const name = names.get(id);
  if (name !== undefined) return name;
  const short = id.length > 12 ? `…${id.slice(-6)}` : id;
  return [kindInWords(kind), short].filter(Boolean).join(" ") || "unknown";
}

export type ResultTone = "good" | "bad" | "wait" | "quiet";

const TONES: Record<string, ResultTone> = {
  done: "quiet",
  accepted: "quiet",
  refused: "wait",
  failed: "bad",
};

export const toneOf = (row: Pick<AuditRow, "result">): ResultTone => TONES[row.result] ?? "quiet";

export interface AuditWords {
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

const ACTION = /^[a-z][a-z_]{0,49}\.([a-z][a-z_]{0,49})?$/;

/** What was typed, as the API takes it. Days are the person's own, and the last one counts whole. */
export function filterOf({ actor, action, target, since, until }: AuditWords): AuditFilter {
  return {
    ...(actor ? { actor } : {}),
    ...(action && ACTION.test(action) ? { action } : {}),
    ...(target?.trim() ? { target: target.trim() } : {}),
    ...(since ? { since: startOf(since, 0) } : {}),
    ...(until ? { until: startOf(until, 1) } : {}),
  };
}

function startOf(day: string, later: number): string {
  const at = new Date(`${day}T00:00:00`);
  at.setDate(at.getDate() + later);
  return at.toISOString();
}

/** What most people look for; any other action can be typed. */
export const USUAL_ACTIONS: readonly { value: string; label: string }[] = [
  { value: "cim.", label: "Books" },
  { value: "member.", label: "Members" },
  { value: "invitation.", label: "Invitations" },
  { value: "session.", label: "Sign-ins" },
  { value: "key.", label: "API keys" },
  { value: "project_member.", label: "People of projects" },
  { value: "deployment.", label: "Deployments" },
  { value: "flag.", label: "Flags" },
  { value: "source.", label: "Documents" },
  { value: "export.", label: "Exports" },
  { value: "audit.", label: "The log itself" },
  { value: "org.", label: "Organisation" },
];
