import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { graphQuery, headQuery, slidesQuery, sourcesQuery } from "~/api/queries";

import type { Mentionable } from "./mentions";

const AGENTS: readonly Mentionable[] = ["research", "editor", "outline"].map((id) => ({
  id,
  title: id,
  kind: "Agent",
  isAgent: true,
}));

const ARTIFACTS: readonly Mentionable[] = [
  { id: "buyer_persona", title: "Buyer persona", kind: "Stage" },
  { id: "hero_context", title: "Hero concept", kind: "Stage" },
  { id: "outline", title: "Outline of the book", kind: "Stage" },
];

/** Everything of the book that a message can be about. Documents and entities are read when they are first needed. */
export function useMentionables(cimId: string, isWanted: boolean): readonly Mentionable[] {
  const head = useQuery(headQuery(cimId)).data;
  const slides = useQuery({ ...slidesQuery(cimId), enabled: isWanted }).data;
  const sources = useQuery({ ...sourcesQuery(cimId), enabled: isWanted }).data;
  const graph = useQuery({ ...graphQuery(cimId), enabled: isWanted }).data;
  return useMemo(
    () => [
      ...AGENTS,
      ...ARTIFACTS,
      ...(head?.sections ?? []).map(({ id, title }) => ({ id, title, kind: "Section" })),
      ...(slides ?? []).map(({ id, title }) => ({ id, title, kind: "Slide" })),
      ...(sources ?? []).map(({ id, name }) => ({ id, title: name, kind: "Document" })),
      ...(graph?.entities ?? []).map(({ id, name, kind }) => ({ id, title: name, kind })),
    ],
    [head, slides, sources, graph],
  );
}
