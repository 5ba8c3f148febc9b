/** What is typed but not said, kept in this browser for each thread until it has been said. */
import { useCallback, useEffect, useRef, useState } from "react";

import { database } from "~/lib/database";
import { useSession } from "~/lib/session/useSession";

const KEEP_AFTER_MS = 250;

export function useDraft(cimId: string, threadId: string): [string, (text: string) => void] {
  const key = `talk:${useSession().personId}:${cimId}:${threadId}`;
  const [text, setText] = useState("");
  const touched = useRef(false);
  const later = useRef<{ timer: ReturnType<typeof setTimeout>; keep: () => void } | null>(null);

  useEffect(() => {
    let isOver = false;
    touched.current = false;
    void read(key).then((kept) => {
      if (!isOver && !touched.current && kept) setText(kept);
    });
    const keepNow = (): void => later.current?.keep();
    window.addEventListener("pagehide", keepNow);
    return () => {
      isOver = true;
      keepNow();
      window.removeEventListener("pagehide", keepNow);
    };
  }, [key]);

  const change = useCallback(
    (next: string) => {
      touched.current = true;
      setText(next);
      if (later.current) clearTimeout(later.current.timer);
      const keep = (): void => {
        if (later.current) clearTimeout(later.current.timer);
        later.current = null;
        void write(key, next);
      };
      later.current = { timer: setTimeout(keep, KEEP_AFTER_MS), keep };
    },
    [key],
  );
  return [text, change];
}

async function read(key: string): Promise<string | undefined> {
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
