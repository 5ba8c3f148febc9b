import { useMutation } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import type { ArtifactName } from "~/api/types";
import { newId } from "~/lib/ids";
import { useBookNotices } from "~/lib/stream/BookLive";
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
  /** Of draft_slides: the one slide that is written again. */
  slideId?: string;
  instruction?: string;
}

/** Has an agent write something out of the documents; what it saves arrives by the stream. */
export function useDrafting(cimId: string) {
  return useMutation({
    mutationFn: ({ kind, sectionIds = [], slideId, instruction = "" }: Wanted) =>
      told(
        api.POST("/cims/{cim_id}/runs", {
          params: { path: { cim_id: cimId }, header: { "idempotency-key": newId() } },
          body: {
            kind,
            instruction,
            section_ids: [...sectionIds],
            slide_id: slideId ?? null,
            plan_approval: true,
            writers_at_once: 3,
            review_rounds: 2,
          },
        }),
      ),
    onSuccess: ({ run_id: runId }) => {
      begun.add(runId);
      tell("An agent is at it. What it writes appears here as it is saved.", "Drafting");
    },
  });
}

/** What was begun on this page and is not over yet. */
const begun = new Set<string>();

/** Tells of drafts that were begun here and came to nothing, and why. */
export function useDraftsTold(): void {
  useBookNotices((kind, { run_id: runId, status }) => {
    if (kind !== "run" || typeof runId !== "string" || !(status === "completed" || status === "failed"))
      return;
    if (!begun.delete(runId)) return;
    void told(api.GET("/runs/{run_id}", { params: { path: { run_id: runId } } })).then(
      ({ error, notes, result }) => {
        if (error) tell(error, "The draft failed");
        else if (result?.["saved"] === 0) tell(notes.join(" "), "Nothing was changed");
      },
      // It is in the list of runs.
      () => undefined,
    );
  });
}

export function draftKindOf(artifact: ArtifactName): DraftKind {
  return KIND_OF[artifact];
}
