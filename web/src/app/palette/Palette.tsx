import { lazy, Suspense } from "react";

import { useStore } from "~/lib/store";

import { isPaletteOpen } from "./openers";

const PaletteBox = lazy(() => import("./PaletteBox"));

/** Its code comes when it is first opened. */
export function Palette() {
  const isOpen = useStore(isPaletteOpen);
  return isOpen ? (
    <Suspense fallback={null}>
      <PaletteBox />
    </Suspense>
  ) : null;
}
