/** What is typed but not said, kept in this browser for each thread until it has been said. */
import { useCallback, useEffect, useRef, useState } from "react";

import { database } from "~/lib/database";
import { useSession } from "~/lib/session/useSession";

const KEEP_AFTER_MS = 250;

export function useDraft(cimId: string, threadId: string): [string, (text: string) => void] {
  const key = `talk:${useSession().personId}:${cimId}:${threadId}`;
  const [text, setText] = useState("");
  const touched = useRef(false);
  const later = useRef<{ timer: ReturnType<typeof setTimeout>; keep: (isLeaving?: boolean) => void } | null>(
    null,
  );

  useEffect(() => {
    let isOver = false;
    touched.current = false;
    void read(key).then((kept) => {
      if (!isOver && !touched.current && kept) setText(kept);
    });
    const leave = (): void => later.current?.keep(true);
    window.addEventListener("pagehide", leave);
    return () => {
      isOver = true;
      later.current?.keep();
      window.removeEventListener("pagehide", leave);
    };
  }, [key]);

  const change = useCallback(
    (next: string) => {
      touched.current = true;
      setText(next);
      if (later.current) clearTimeout(later.current.timer);
      const keep = (isLeaving = false): void => {
        if (later.current) clearTimeout(later.current.timer);
        later.current = null;
        if (isLeaving) writeAtLast(key, next);
        void write(key, next);
      };
      later.current = { timer: setTimeout(keep, KEEP_AFTER_MS), keep };
    },
    [key],
  );
  return [text, change];
}

const LAST_WORDS = "bookrunner:draft:";

/** A page that is being left may not see the end of a write to its database. */
function writeAtLast(key: string, text: string): void {
  try {
    localStorage.setItem(LAST_WORDS + key, text);
  } catch {
    // Then the database may still have it.
  }
}

function takeLastWords(key: string): string | null {
  try {
    const text = localStorage.getItem(LAST_WORDS + key);
    localStorage.removeItem(LAST_WORDS + key);
    return text;
  } catch {
    return null;
  }
}

async function read(key: string): Promise<string | undefined> {
  const last = takeLastWords(key);
  if (last !== null) {
    void write(key, last);
    return last;
  }
  try {
    return (await (await database()).get("drafts", key))?.text;
  } catch {
    return undefined;
  }
}

async function write(key: string, text: string): Promise<void> {
  try {
    const kept = await database();
    if (text) await kept.put("drafts", { text, at: Date.now() }, key);
    else await kept.delete("drafts", key);
  } catch {
    // It holds until the page is closed.
  }
}
