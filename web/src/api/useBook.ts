/** A book as the person sees it: what was read, with their own changes on the way laid over it. */
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { bookWith, slidesWith } from "~/lib/queue/overlay";
import { useChanges } from "~/lib/queue/useCommands";

import { headQuery, slidesQuery } from "./queries";
import type { Book, Slide } from "./types";

/** Inside an open book, where the head has been read. */
export function useBook(cimId: string): Book {
  const { data } = useSuspenseQuery(headQuery(cimId));
  const pending = useChanges(cimId);
  return useMemo(() => bookWith(data, pending), [data, pending]);
}

/** Slides in reading order; undefined until they were read. */
export function useSlides(cimId: string): readonly Slide[] | undefined {
  const { data } = useQuery(slidesQuery(cimId));
  const pending = useChanges(cimId);
  return useMemo(() => (data ? slidesWith(data, pending) : undefined), [data, pending]);
}
