import { useCallback, useState } from "react";

const PREFIX = "bookrunner:stage:";

function read(key: string): unknown {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

export interface KeptDraft<T> {
  value: T;
  isChanged: boolean;
  set: (next: T) => void;
  /** Back to what is saved. */
  reset: () => void;
}

/** What a person changes in a form, kept in this browser at every key press until it is saved. */
export function useKeptDraft<T>(name: string, saved: T): KeptDraft<T> {
  const key = PREFIX + name;
  const [draft, setDraft] = useState<T | null>(() => read(key) as T | null);
  const isChanged = draft !== null && JSON.stringify(draft) !== JSON.stringify(saved);
  const set = useCallback(
    (next: T) => {
      setDraft(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // It holds until the page is closed.
      }
    },
    [key],
  );
  const reset = useCallback(() => {
    setDraft(null);
    localStorage.removeItem(key);
  }, [key]);
  return { value: isChanged ? draft : saved, isChanged, set, reset };
}
