import { useSyncExternalStore } from "react";

/** A value outside of React that components can watch. For what no server knows: session, connection, preferences. */
export interface Store<T> {
  get: () => T;
  set: (next: T) => void;
  subscribe: (listener: () => void) => () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/** Resolves once the value passes; at once where it does already. */
export function until<T, R extends T>(store: Store<T>, passes: (value: T) => value is R): Promise<R> {
  const now = store.get();
  if (passes(now)) return Promise.resolve(now);
  return new Promise((resolve) => {
    const stop = store.subscribe(() => {
      const value = store.get();
      if (!passes(value)) return;
      stop();
      resolve(value);
    });
  });
}
