/** Where the AI panel is, and the wish to talk to it. */
import { useEffect } from "react";

import { usePreference } from "~/lib/preferences";
import { createStore } from "~/lib/store";

export type AiPlace = "side" | "floating" | "full" | "hidden";

export function useAiPlace(): [AiPlace, (place: AiPlace) => void] {
  return usePreference<AiPlace>("ai-panel", "side");
}

/** On a phone the panel is a sheet, closed until it is asked for. */
export const isAiSheetOpen = createStore(false);

export interface AiWish {
  /** Counts up with each wish. */
  count: number;
  /** What to begin the message with. */
  text: string;
  /** Ids of slides, sections, documents or entities that the message is about. */
  mentions: readonly string[];
}

/** The panel puts the cursor into its field, with this text and these mentions, whenever this changes. */
export const aiWish = createStore<AiWish>({ count: 0, text: "", mentions: [] });

/** Called by whoever wants the person to talk to the AI: shows the panel where it is hidden. */
export function wishToTalk(text = "", mentions: readonly string[] = []): void {
  isAiSheetOpen.set(true);
  aiWish.set({ count: aiWish.get().count + 1, text, mentions });
}

/** What the view in the middle is about: a message is about it, too, unless the person takes it away. */
export interface AiContext {
  title: string;
  mentions: readonly string[];
  /** What may be asked here first. */
  examples: readonly string[];
}

export const aiContext = createStore<AiContext | null>(null);

/** Loads this context into the panel for as long as the view is shown. */
export function useAiContext({ title, mentions, examples }: AiContext): void {
  const said = JSON.stringify({ title, mentions, examples });
  useEffect(() => {
    aiContext.set(JSON.parse(said) as AiContext);
    return () => aiContext.set(null);
  }, [said]);
}
