/** Roles as people read them. */
import type { OrgRole, ProjectRole } from "./may";

export const ORG_ROLES: readonly OrgRole[] = ["owner", "admin", "member", "billing"];

export const ORG_ROLE_NAMES: Record<OrgRole, string> = {
  owner: "Owner",
  admin: "Admin",
  member: "Member",
  billing: "Billing",
};

export const ORG_ROLE_MEANINGS: Record<OrgRole, string> = {
  owner: "Everything, and who else is an owner",
  admin: "People, projects, keys, flags, audit log",
  member: "Works in the projects they are given",
  billing: "Sees usage and budgets, no books",
};

export const PROJECT_ROLES: readonly ProjectRole[] = ["lead", "editor", "reviewer", "viewer"];

export const PROJECT_ROLE_NAMES: Record<ProjectRole, string> = {
  lead: "Lead",
  editor: "Editor",
  reviewer: "Reviewer",
  viewer: "Viewer",
};

export const PROJECT_ROLE_MEANINGS: Record<ProjectRole, string> = {
  lead: "Everything in the project: its people, deals and books",
  editor: "Writes books, with the AI",
  reviewer: "Comments, approves, asks the AI",
  viewer: "Reads and exports",
};

interface Named {
  email: string | null;
  full_name: string | null;
  user_id: string;
}

export const nameOf = ({ full_name, email, user_id }: Named): string =>
  full_name ?? email ?? `Person ${user_id.slice(0, 8)}`;
