import { useMutation } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import type { ArtifactName } from "~/api/types";
import { newId } from "~/lib/ids";
import { tell } from "~/lib/tell";

type DraftKind = "draft_buyer_persona" | "draft_hero_context" | "draft_outline" | "draft_slides" | "compose";

const KIND_OF: Record<ArtifactName, DraftKind> = {
  buyer_persona: "draft_buyer_persona",
  hero_context: "draft_hero_context",
  outline: "draft_outline",
};

interface Wanted {
  kind: DraftKind;
  sectionIds?: readonly string[];
  instruction?: string;
}

/** Has an agent write something out of the documents; what it saves arrives by the stream. */
export function useDrafting(cimId: string) {
  return useMutation({
    mutationFn: ({ kind, sectionIds = [], instruction = "" }: Wanted) =>
      told(
        api.POST("/cims/{cim_id}/runs", {
          params: { path: { cim_id: cimId }, header: { "idempotency-key": newId() } },
          body: {
            kind,
            instruction,
            section_ids: [...sectionIds],
            plan_approval: true,
            writers_at_once: 3,
            review_rounds: 2,
          },
        }),
      ),
    onSuccess: () => tell("An agent is at it. What it writes appears here as it is saved.", "Drafting"),
  });
}

export function draftKindOf(artifact: ArtifactName): DraftKind {
  return KIND_OF[artifact];
}
