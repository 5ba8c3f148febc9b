import { useState } from "react";

import { useBookNotices } from "~/lib/stream/BookLive";

/** What each run is at, in its own words, as the stream tells it. */
export function useDoing(): ReadonlyMap<string, string> {
  const [doing, setDoing] = useState<ReadonlyMap<string, string>>(new Map());
  useBookNotices((kind, data) => {
    if (kind !== "run") return;
    const runId = data["run_id"] ?? data["id"];
    const progress = data["progress"] as { doing?: unknown } | undefined;
    const words = progress?.doing ?? data["doing"];
    if (typeof runId !== "string" || typeof words !== "string") return;
    setDoing((before) => new Map(before).set(runId, words));
  });
  return doing;
}
