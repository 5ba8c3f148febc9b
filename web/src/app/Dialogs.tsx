import { lazy, Suspense, useState } from "react";

import { useSessionState } from "~/lib/session/useSession";
import { useStore } from "~/lib/store";

import { isHelpOpen, isPaletteOpen, isRefusedOpen } from "./palette/openers";

const PaletteBox = lazy(() => import("./palette/PaletteBox"));
const ShortcutHelp = lazy(async () => ({
  default: (await import("./palette/ShortcutHelp")).ShortcutHelp,
}));
const RefusedChanges = lazy(async () => ({
  default: (await import("./shell/RefusedChanges")).RefusedChanges,
}));
const SignInAgain = lazy(async () => ({ default: (await import("./signin/SignInAgain")).SignInAgain }));

/** What floats above every page. The code of each comes when it is first opened. */
export function Dialogs() {
  const isPalette = useStore(isPaletteOpen);
  const hasHelp = useEver(useStore(isHelpOpen));
  const hasRefused = useEver(useStore(isRefusedOpen));
  const isExpired = useSessionState().is === "expired";
  return (
    <>
      <Suspense fallback={null}>{isPalette && <PaletteBox />}</Suspense>
      <Suspense fallback={null}>{hasHelp && <ShortcutHelp />}</Suspense>
      <Suspense fallback={null}>{hasRefused && <RefusedChanges />}</Suspense>
      <Suspense fallback={null}>{isExpired && <SignInAgain />}</Suspense>
    </>
  );
}

/** Whether it was so at any time: what was opened once closes by itself. */
function useEver(isSo: boolean): boolean {
  const [was, setWas] = useState(isSo);
  if (isSo && !was) setWas(true);
  return was || isSo;
}
