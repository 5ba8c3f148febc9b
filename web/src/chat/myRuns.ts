/** Runs that were started on this very page: only these may move it. */
const mine = new Set<string>();

export function rememberMyRun(runId: string): void {
  mine.add(runId);
}

export function isMyRun(runId: string | null): boolean {
  return runId !== null && mine.has(runId);
}
