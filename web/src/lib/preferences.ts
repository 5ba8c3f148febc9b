/** What a person chose for this browser: sizes of panels, where the AI panel is. Never anything of a book. */
import { useCallback } from "react";

import { createStore, type Store, useStore } from "./store";

const stores = new Map<string, Store<unknown>>();

function storeOf<T>(name: string, otherwise: T): Store<T> {
  const known = stores.get(name);
  if (known) return known as Store<T>;
  let initial = otherwise;
  try {
    const kept = localStorage.getItem(`bookrunner:${name}`);
    if (kept !== null) initial = JSON.parse(kept) as T;
  } catch {
    // Not kept, or not readable: the usual value.
  }
  const store = createStore(initial);
  stores.set(name, store as Store<unknown>);
  return store;
}

export function usePreference<T>(name: string, otherwise: T): [T, (next: T) => void] {
  const store = storeOf(name, otherwise);
  const value = useStore(store);
  const set = useCallback(
    (next: T) => {
      store.set(next);
      try {
        localStorage.setItem(`bookrunner:${name}`, JSON.stringify(next));
      } catch {
        // It holds until the page is closed.
      }
    },
    [store, name],
  );
  return [value, set];
}
