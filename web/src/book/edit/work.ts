/** What a person has typed into a slide and has not been handed to the queue yet. Kept at every key press. */
import { createStore, type Store } from "~/lib/store";

import type { SlideBody } from "../slide/slideBody";

export interface Work {
  /** What the slide read when this began. */
  base: SlideBody;
  mine: SlideBody;
  at: number;
}

/** One's own last save of a slide, to see whether somebody wrote over it. */
export interface LastSave {
  /** What the slide read before the first save of a row of mine. */
  base: SlideBody;
  /** The same before each of the last ones, oldest first. */
  befores: readonly SlideBody[];
  mine: SlideBody;
  /** Null until it is answered. */
  rev: number | null;
  at: number;
}

const PREFIX = "bookrunner:work:";
const works = new Map<string, Store<Work | null>>();
const lastSaves = new Map<string, Store<LastSave | null>>();

const nameOf = (cimId: string, slideId: string): string => `${cimId}:${slideId}`;

function kept(name: string): Work | null {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? null : (JSON.parse(text) as Work);
  } catch {
    return null;
  }
}

export function workOn(cimId: string, slideId: string): Store<Work | null> {
  const name = nameOf(cimId, slideId);
  const known = works.get(name);
  if (known) return known;
  const inMemory = createStore<Work | null>(kept(name));
  const store: Store<Work | null> = {
    ...inMemory,
    set: (next) => {
      inMemory.set(next);
      try {
        if (next) localStorage.setItem(PREFIX + name, JSON.stringify(next));
        else localStorage.removeItem(PREFIX + name);
      } catch {
        // It holds until the page is closed; the queue keeps it a moment later anyway.
      }
    },
  };
  works.set(name, store);
  return store;
}

export function lastSaveOf(cimId: string, slideId: string): Store<LastSave | null> {
  const name = nameOf(cimId, slideId);
  const store = lastSaves.get(name) ?? createStore<LastSave | null>(null);
  lastSaves.set(name, store);
  return store;
}

/** Slides of a book on which work was left behind, when the page was closed in the middle of it. */
export function leftBehind(cimId: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(`${PREFIX}${cimId}:`))
      .map((key) => key.slice(`${PREFIX}${cimId}:`.length));
  } catch {
    return [];
  }
}
