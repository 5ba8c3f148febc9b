const waiting = new Map<string, Promise<unknown>>();

/** One at a time under this name, across the tabs of this browser where it can (https or localhost). */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  // Typed as always there, but missing on plain http.
  const locks = navigator.locks as LockManager | undefined;
  if (locks) return locks.request(`bookrunner:${name}`, work);
  const before = waiting.get(name) ?? Promise.resolve();
  const mine = before.catch(() => undefined).then(work);
  waiting.set(name, mine);
  return mine;
}
