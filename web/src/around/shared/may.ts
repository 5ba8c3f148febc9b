/** What a role may do around the books, so that only that is offered. The API decides; docs/permissions.md is its word. */
import type { components } from "~/api/schema";

export type OrgRole = components["schemas"]["OrgRole"];
export type ProjectRole = components["schemas"]["Role"];
export type AnyRole = OrgRole | ProjectRole;

const OWNERS: readonly AnyRole[] = ["owner"];
const ADMINS: readonly AnyRole[] = ["owner", "admin"];
const ORGANISATION: readonly AnyRole[] = ["owner", "admin", "member", "billing"];
const PROJECT: readonly AnyRole[] = ["lead", "editor", "reviewer", "viewer"];

export const MATRIX = {
  "org.read": ORGANISATION,
  "org.update": ADMINS,
  "org.end": OWNERS,
  "owners.manage": OWNERS,
  "members.read": ADMINS,
  "members.manage": ADMINS,
  "invitations.read": ADMINS,
  "invitations.manage": ADMINS,
  "trials.read": ADMINS,
  "teams.read": ORGANISATION,
  "teams.manage": ADMINS,
  "projects.manage": ADMINS,
  "project_members.manage": [...ADMINS, "lead"],
  "deals.manage": [...ADMINS, "lead"],
  "keys.create": ["owner", "admin", "member"],
  "keys.read": ADMINS,
  "keys.manage": ADMINS,
  "usage.read": ["owner", "admin", "billing", "lead"],
  "audit.read": ADMINS,
  "applications.read": ADMINS,
  "applications.manage": ADMINS,
  "flags.read": ADMINS,
  "flags.manage": ADMINS,
  "books.read": PROJECT,
  "books.export": PROJECT,
  "documents.read": PROJECT,
  "cim.create": ["lead", "editor"],
} as const satisfies Record<string, readonly AnyRole[]>;

export type Action = keyof typeof MATRIX;

export function may(action: Action, ...roles: readonly (AnyRole | null | undefined)[]): boolean {
  const allowed: readonly AnyRole[] = MATRIX[action];
  return roles.some((role) => role != null && allowed.includes(role));
}
