import { useCallback, useEffect, useState } from "react";

import { api, authorizedFetch, told } from "~/api/client";
import { inWords, problemOf } from "~/api/problem";
import type { Book } from "~/api/types";
import { useBookNotices } from "~/lib/stream/BookLive";
import { tellError } from "~/lib/tell";

export type ExportFormat = "pptx" | "pdf" | "md" | "json";

export type ExportStep =
  | { is: "none" }
  | { is: "making"; format: ExportFormat; words: string; id: string | null }
  | { is: "ready"; format: ExportFormat; id: string; rev: number; size: string; problems: readonly string[] }
  | { is: "failed"; sentence: string; next: string };

// News of exports may get lost, so it is also asked for now and then.
const ASK_AFTER_MS = 1_500;

const WORDS = { queued: "waiting for its turn", making: "being made" } as const;

export function useExporting(book: Book): {
  step: ExportStep;
  start: (format: ExportFormat) => void;
  download: () => void;
} {
  const [step, setStep] = useState<ExportStep>({ is: "none" });
  const fail = (error: unknown): void => setStep({ is: "failed", ...inWords(error) });
  const id = step.is === "making" ? step.id : null;

  const look = useCallback(async (): Promise<void> => {
    if (id === null) return;
    try {
      const found = await told(api.GET("/exports/{export_id}", { params: { path: { export_id: id } } }));
      const { format, status } = found;
      if (status === "ready")
        setStep({
          is: "ready",
          format,
          id,
          rev: found.rev ?? 0,
          size: sizeOf(found.size ?? 0),
          problems: found.problems,
        });
      else if (status === "failed")
        setStep({ is: "failed", sentence: found.error ?? "The file could not be made.", next: "Try again." });
      else setStep((before) => (before.is === "making" ? { ...before, words: WORDS[status] } : before));
    } catch (error) {
      fail(error);
    }
  }, [id]);

  useBookNotices((kind) => {
    if (kind === "export") void look();
  });
  useEffect(() => {
    if (id === null) return;
    const asking = setInterval(() => void look(), ASK_AFTER_MS);
    return () => clearInterval(asking);
  }, [id, look]);

  const start = (format: ExportFormat): void => {
    setStep({ is: "making", format, words: "asked for", id: null });
    told(api.POST("/cims/{cim_id}/exports", { params: { path: { cim_id: book.id } }, body: { format } }))
      .then(({ export_id }) => setStep({ is: "making", format, words: WORDS.queued, id: export_id }))
      .catch(fail);
  };

  const download = (): void => {
    if (step.is !== "ready") return;
    const address = new URL(`/exports/${step.id}/file`, window.location.origin);
    authorizedFetch(new Request(address))
      .then(async (answer) => {
        if (!answer.ok) throw await problemOf(answer);
        saveAs(await answer.blob(), `${book.title}.${step.format}`);
      })
      .catch(tellError);
  };

  return { step, start, download };
}

function saveAs(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
