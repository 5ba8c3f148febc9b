/** Which action a key press means. Pure, but for the listener at the end. */
import { type Action, actions } from "./actions";

export const SEQUENCE_MS = 1_000;

export interface Pressed {
  key: string;
  mod: boolean;
  shift: boolean;
  alt: boolean;
  isTyping: boolean;
}

/** The name of a press as actions write it: "mod+k", "shift+ArrowUp", "?", "g". */
export function nameOf({ key, mod, shift, alt }: Omit<Pressed, "isTyping">): string {
  const isLetter = key.length === 1;
  const base = isLetter ? key.toLowerCase() : key;
  // A sign such as "?" tells of its shift by itself.
  const withShift = shift && (!isLetter || /[a-z]/i.test(key));
  return [mod ? "mod" : "", alt ? "alt" : "", withShift ? "shift" : "", base].filter(Boolean).join("+");
}

export interface Reading {
  action: Action | null;
  /** What was pressed so far of a sequence. */
  pending: string;
}

/** What a press means after what was pressed before it. */
export function read(offered: readonly Action[], pressed: Pressed, pending: string): Reading {
  const name = nameOf(pressed);
  const usable = offered.filter(({ whileTyping }) => !pressed.isTyping || whileTyping === true);
  const sequence = pending ? `${pending} ${name}` : name;
  const named = (wanted: string): Action | null => usable.findLast(({ keys }) => keys === wanted) ?? null;
  const exact = named(sequence) ?? (pending ? named(name) : null);
  if (exact) return { action: exact, pending: "" };
  const begins = usable.some(({ keys }) => keys?.startsWith(`${name} `));
  return { action: null, pending: begins ? name : "" };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox],[type=radio]), textarea, select"))
  );
}

const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"]);

export function listenToKeys(): () => void {
  let pending = "";
  let forget: ReturnType<typeof setTimeout> | undefined;
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || MODIFIERS.has(event.key)) return;
    clearTimeout(forget);
    const meant = read(
      actions.get(),
      {
        key: event.key,
        mod: event.ctrlKey || event.metaKey,
        shift: event.shiftKey,
        alt: event.altKey,
        isTyping: isTyping(event.target),
      },
      pending,
    );
    pending = meant.pending;
    if (pending) forget = setTimeout(() => (pending = ""), SEQUENCE_MS);
    if (!meant.action) return;
    event.preventDefault();
    meant.action.run();
  };
  window.addEventListener("keydown", pressed);
  return () => {
    clearTimeout(forget);
    window.removeEventListener("keydown", pressed);
  };
}
