/** Where a conversation has other branches. Pure. */
import type { Message } from "~/api/types";

import type { Branch } from "../data";

/** The branches that go on differently after this message; the shown one among them. */
export function branchesAfter(
  branches: readonly Branch[],
  path: ReadonlySet<string>,
  parentId: string | null,
): readonly Branch[] {
  const active = branches.find((branch) => branch.active);
  if (!active) return [];
  const forksOf = (branch: Branch): string | null => branch.forks_after ?? null;
  const others = branches.filter((branch) => {
    if (branch === active) return false;
    const forks = forksOf(branch);
    if (forks === parentId) return true;
    // It leaves another branch, which left this one where this one left the others.
    return forks !== null && !path.has(forks) && forksOf(active) === parentId;
  });
  if (others.length === 0) return [];
  return branches.filter((branch) => branch === active || others.includes(branch));
}

/** The messages that stand in place of others: those with more than one way after their parent. */
export function forksIn(
  messages: readonly Message[],
  branches: readonly Branch[],
): ReadonlyMap<string, readonly Branch[]> {
  const found = new Map<string, readonly Branch[]>();
  if (branches.length < 2) return found;
  const path = new Set(messages.map(({ id }) => id));
  for (const { id, parent_id: parent } of messages) {
    const ways = branchesAfter(branches, path, parent ?? null);
    if (ways.length > 1) found.set(id, ways);
  }
  return found;
}
