import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { findingsQuery, sourcesQuery } from "~/api/queries";
import type { Finding, Slide, SourceReference } from "~/api/types";

import { Citations } from "./citations";
import { useImages } from "./pictures/images";
import type { SlideSurroundings } from "./slideContext";

const NO_FINDINGS: readonly Finding[] = [];

/** What the slides of a book need around them; the same as long as nothing of it changes. */
export function useSurroundingsOf(
  cimId: string,
  slides: readonly Slide[],
  canEdit: boolean,
  isReflowed: boolean,
): SlideSurroundings {
  const sources = useQuery(sourcesQuery(cimId)).data;
  const findings = useQuery(findingsQuery(cimId)).data?.items ?? NO_FINDINGS;
  const navigate = useNavigate();
  const router = useRouter();
  const imageUrl = useImages(cimId, slides);
  const fresh = useMemo(() => new Citations(slides, sources ?? []), [slides, sources]);
  const [stable, setStable] = useState(fresh);
  // Slides are drawn again only when a number or the name of a document is another one.
  if (stable.signature !== fresh.signature) setStable(fresh);

  return useMemo(() => {
    const search = (ref: SourceReference, mark?: string) => ({
      source: ref.source_id,
      ...(ref.passage_id ? { passage: ref.passage_id } : {}),
      ...(mark ? { mark } : {}),
    });
    return {
      citations: stable,
      findings,
      canEdit,
      isReflowed,
      imageUrl,
      passageHref: (ref, mark) =>
        router.buildLocation({
          to: "/app/books/$cimId/documents",
          params: { cimId },
          search: search(ref, mark),
        }).href,
      openPassage: (ref, mark) =>
        void navigate({ to: "/app/books/$cimId/documents", params: { cimId }, search: search(ref, mark) }),
    };
  }, [stable, findings, canEdit, isReflowed, imageUrl, router, cimId, navigate]);
}
