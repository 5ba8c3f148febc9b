/** Whoever works by keys is never left without a place: when what had the focus goes, what stood around it gets it. */

/** What can take it over: a part of the page that says so, or the page itself. */
const PLACES = "[data-takes-focus], [role=dialog], main";

/** Whether there was one to give it to. */
function give(place: HTMLElement | null | undefined): boolean {
  if (!place) return false;
  if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
  return true;
}

export function keepFocus(): () => void {
  let last: Element | null = null;
  let around: HTMLElement[] = [];

  const focused = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement)) return;
    last = target;
    around = [];
    for (let place = target.parentElement; place; place = place.parentElement)
      if (place.matches(PLACES)) around.push(place);
  };
  const isLost = (): boolean =>
    document.activeElement === document.body && last !== null && !last.isConnected;
  let checking: ReturnType<typeof setTimeout> | undefined;
  const restore = (): void => {
    checking = undefined;
    if (!isLost()) return;
    // The next page may still be on its way.
    const isGiven = give(
      around.find((each) => each.isConnected) ??
        document.querySelector<HTMLElement>("[aria-modal=true]") ??
        document.querySelector<HTMLElement>("main"),
    );
    if (isGiven) last = null;
  };
  // Not at once: the focus may be on its way to another place.
  const watcher = new MutationObserver(() => {
    if (isLost()) checking ??= setTimeout(restore);
  });
  // Out of a field where many lines are written Tab is a long way.
  const pressed = ({ key, target, defaultPrevented }: KeyboardEvent): void => {
    if (key !== "Escape" || defaultPrevented || !(target instanceof HTMLTextAreaElement)) return;
    if (!target.closest("[role=dialog]"))
      give(target.closest<HTMLElement>(PLACES) ?? document.querySelector<HTMLElement>("main"));
  };

  document.addEventListener("focusin", focused);
  window.addEventListener("keydown", pressed);
  watcher.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", focused);
    window.removeEventListener("keydown", pressed);
    watcher.disconnect();
    clearTimeout(checking);
  };
}
