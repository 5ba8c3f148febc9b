import { useConnection } from "~/lib/connection";
import type { Change } from "~/lib/queue/change";
import { saveState } from "~/lib/queue/saveState";

import { isRefusedOpen } from "../palette/openers";
import { StateWords } from "./StateWords";

/** How the changes of a book stand; refused ones are settled from here. */
export function SaveWords({ changes, savedAt }: { changes: readonly Change[]; savedAt?: string | null }) {
  const state = saveState(changes, useConnection(), savedAt);
  return <StateWords state={state} onSettle={() => isRefusedOpen.set(true)} />;
}
