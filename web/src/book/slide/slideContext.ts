import { createContext, useContext } from "react";

import type { Finding, SourceReference } from "~/api/types";

import { Citations } from "./citations";

/** What every text of a slide needs: where sources are numbered and opened, and what a check found. */
export interface SlideSurroundings {
  citations: Citations;
  findings: readonly Finding[];
  canEdit: boolean;
  /** On a narrow screen: the words of the slide in a column to read, not the page as it is exported. */
  isReflowed: boolean;
  /** The address of a passage, with what to mark in it. */
  passageHref: (ref: SourceReference, mark?: string) => string;
  openPassage: (ref: SourceReference, mark?: string) => void;
  imageUrl: (blobId: string) => string | undefined;
}

export const SlideContext = createContext<SlideSurroundings>({
  citations: new Citations([], []),
  findings: [],
  canEdit: false,
  isReflowed: false,
  passageHref: () => "#",
  openPassage: () => undefined,
  imageUrl: () => undefined,
});

export function useSurroundings(): SlideSurroundings {
  return useContext(SlideContext);
}
