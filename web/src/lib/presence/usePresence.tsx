import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";

import { api } from "~/api/client";

import { newId } from "../ids";
import { useSession } from "../session/useSession";
import { createStore, type Store, useStore } from "../store";
import { useBookNotices } from "../stream/BookLive";
import {
  people,
  type Place,
  type PresenceNotice,
  type Present,
  stillHere,
  withNotice,
  withThere,
} from "./presence";

const TELL_EVERY_MS = 45_000;
const TELL_AFTER_MS = 400;
const ANSWER_WITHIN_MS = 600;
const LOOK_EVERY_MS = 5_000;

interface Presence {
  others: Store<readonly Present[]>;
  place: Store<Place>;
}

const PresenceContext = createContext<Presence | null>(null);

/** Tells the others where this page is, and hears where they are. */
export function BookPresence({ cimId, children }: { cimId: string; children: ReactNode }) {
  const { personId } = useSession();
  const [pageId] = useState(newId);
  const presence = useMemo<Presence>(
    () => ({ others: createStore<readonly Present[]>([]), place: createStore<Place>({ view: "book" }) }),
    // Another book is another company of people.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [cimId],
  );
  const { others, place } = presence;
  const answering = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    const tell = (what: "arrived" | "here" | "left"): void => {
      if (document.hidden && what === "here") return;
      const { view, slide_id, is_editing } = place.get();
      void api
        .POST("/cims/{cim_id}/presence", {
          params: { path: { cim_id: cimId } },
          body: {
            page_id: pageId,
            what,
            place: { view, slide_id: slide_id ?? null, is_editing: is_editing ?? false },
          },
          keepalive: what === "left",
        })
        .catch(() => undefined);
    };
    let moving: ReturnType<typeof setTimeout> | undefined;
    const moved = (): void => {
      clearTimeout(moving);
      moving = setTimeout(() => tell("here"), TELL_AFTER_MS);
    };
    const seen = (): void => {
      if (!document.hidden) tell("arrived");
    };
    const leave = (): void => tell("left");
    tell("arrived");
    let isHere = true;
    void api
      .GET("/cims/{cim_id}/presence", { params: { path: { cim_id: cimId } } })
      .then(({ data, response }) => {
        const there =
          data?.items.filter((page) => page.page_id !== pageId && page.person_id !== personId) ?? [];
        if (!isHere || there.length === 0) return;
        const asOf = Date.parse(response.headers.get("date") ?? "") || Date.now();
        others.set(withThere(others.get(), there, Date.now(), asOf));
      })
      // Who is there tells it by and by.
      .catch(() => undefined);
    const stopPlace = place.subscribe(moved);
    const telling = setInterval(() => tell("here"), TELL_EVERY_MS);
    const looking = setInterval(() => others.set(stillHere(others.get(), Date.now())), LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", seen);
    window.addEventListener("pagehide", leave);
    return () => {
      isHere = false;
      stopPlace();
      clearTimeout(moving);
      clearTimeout(answering.current);
      clearInterval(telling);
      clearInterval(looking);
      document.removeEventListener("visibilitychange", seen);
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, [cimId, pageId, personId, others, place]);

  useBookNotices((kind, data) => {
    if (kind !== "presence") return;
    const notice = data as unknown as PresenceNotice;
    if (notice.page_id === pageId || notice.person_id === personId) return;
    others.set(withNotice(others.get(), notice, Date.now()));
    if (notice.what !== "arrived") return;
    clearTimeout(answering.current);
    // Not all at once.
    answering.current = setTimeout(() => place.set({ ...place.get() }), Math.random() * ANSWER_WITHIN_MS);
  });

  return <PresenceContext value={presence}>{children}</PresenceContext>;
}

function useBookPresence(): Presence {
  const presence = useContext(PresenceContext);
  if (!presence) throw new Error("No book is open here.");
  return presence;
}

/** Everybody else in this book, each person once. */
export function usePresent(): readonly Present[] {
  const known = useStore(useBookPresence().others);
  return useMemo(() => people(known), [known]);
}

/** Tells the others that this page shows this now. */
export function useMyPlace(mine: Place): void {
  const { place } = useBookPresence();
  const { view, slide_id, is_editing } = mine;
  useEffect(() => {
    place.set({ view, slide_id: slide_id ?? null, is_editing: is_editing ?? false });
  }, [place, view, slide_id, is_editing]);
}
