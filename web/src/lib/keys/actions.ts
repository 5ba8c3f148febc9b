/** Everything a person can do right now, by key or from the palette. Pages add to it while they are shown. */
import { useLayoutEffect, useRef } from "react";

import { createStore } from "../store";

export interface Action {
  id: string;
  /** What it does, as a command: "Approve the slide". */
  title: string;
  group: string;
  /** "j", "mod+k", "g b" (one after the other), "?". Absent: palette only. */
  keys?: string;
  run: () => void;
  /** Also while typing in a field. Only for keys with mod, or Escape. */
  whileTyping?: boolean;
  /** Known by its key alone, not listed in the palette. */
  hidden?: boolean;
}

export const actions = createStore<readonly Action[]>([]);

/** Offers actions for as long as the component is shown. The latest offer wins where keys are the same. */
export function useActions(offered: readonly Action[]): void {
  const latest = useRef(offered);
  // Before the page is painted: what can be seen can be done.
  useLayoutEffect(() => {
    latest.current = offered;
  });
  const names = offered.map(({ id, title, keys }) => `${id}|${title}|${keys ?? ""}`).join("\n");
  useLayoutEffect(() => {
    const mine = latest.current.map((action) => ({
      ...action,
      run: () => latest.current.find(({ id }) => id === action.id)?.run(),
    }));
    actions.set([...actions.get(), ...mine]);
    return () => actions.set(actions.get().filter((action) => !mine.includes(action)));
  }, [names]);
}
