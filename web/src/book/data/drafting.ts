import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";

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
      setBegun(cimId, [...begunIn(cimId), runId]);
      tell("An agent is at it. What it writes appears here as it is saved.", "Drafting");
    },
  });
}

/** Tells of drafts that were begun in this tab and came to nothing, and why; also those that ended while another page
 * was open. */
export function useDraftsTold(cimId: string): void {
  useEffect(() => {
    for (const runId of begunIn(cimId)) void tellOnceOver(cimId, runId);
  }, [cimId]);
  useBookNotices((kind, { run_id: runId, status }) => {
    if (kind !== "run" || typeof runId !== "string" || !(status === "completed" || status === "failed"))
      return;
    if (begunIn(cimId).includes(runId)) void tellOnceOver(cimId, runId);
  });
}

async function tellOnceOver(cimId: string, runId: string): Promise<void> {
  try {
    const run = await told(api.GET("/runs/{run_id}", { params: { path: { run_id: runId } } }));
    if (UNDER_WAY.has(run.status) || !begunIn(cimId).includes(runId)) return;
    setBegun(
      cimId,
      begunIn(cimId).filter((each) => each !== runId),
    );
    if (run.error) tell(run.error, "The draft failed");
    else if (run.result?.["saved"] === 0) tell(run.notes.join(" "), "Nothing was changed");
  } catch {
    // It is in the list of runs.
  }
}

const UNDER_WAY: ReadonlySet<string> = new Set(["queued", "running", "waiting"]);

/** The drafts of a book that were begun in this tab and of whose end nothing was told yet. */
function begunIn(cimId: string): readonly string[] {
  return sessionStorage.getItem(keyOf(cimId))?.split(" ") ?? [];
}

function setBegun(cimId: string, runIds: readonly string[]): void {
  if (runIds.length > 0) sessionStorage.setItem(keyOf(cimId), runIds.join(" "));
  else sessionStorage.removeItem(keyOf(cimId));
}

const keyOf = (cimId: string): string => `bookrunner:drafts:${cimId}`;

export function draftKindOf(artifact: ArtifactName): DraftKind {
  return KIND_OF[artifact];
}
