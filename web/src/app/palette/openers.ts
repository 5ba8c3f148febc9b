import { createStore } from "~/lib/store";

/** What floats above every page, and whether it is open. */
export const isPaletteOpen = createStore(false);
export const isHelpOpen = createStore(false);
export const isRefusedOpen = createStore(false);
