/** Places in the text of an element, counted in characters; the numbers of sources do not count. */

function textNodes(element: HTMLElement): Text[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest("[data-marks]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const found: Text[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as Text);
  return found;
}

function offsetOf(element: HTMLElement, node: Node, offset: number): number {
  let before = 0;
  for (const text of textNodes(element)) {
    if (text === node) return before + offset;
    before += text.length;
  }
  return before;
}

/** The place in the text at a point of the page; its end where there is none. */
export function offsetAt(element: HTMLElement, x: number, y: number): number {
  // Older browsers put the caret at the end.
  const position = "caretPositionFromPoint" in document ? document.caretPositionFromPoint(x, y) : null;
  return position && element.contains(position.offsetNode)
    ? offsetOf(element, position.offsetNode, position.offset)
    : Infinity;
}

export function caretIn(element: HTMLElement): number | null {
  const selection = window.getSelection();
  if (!selection?.focusNode || !element.contains(selection.focusNode)) return null;
  return offsetOf(element, selection.focusNode, selection.focusOffset);
}

export function placeCaret(element: HTMLElement, offset: number): void {
  const selection = window.getSelection();
  const range = document.createRange();
  let left = offset;
  const texts = textNodes(element);
  const last = texts.at(-1);
  const at = texts.find((text) => {
    if (left <= text.length) return true;
    left -= text.length;
    return false;
  });
  if (at) range.setStart(at, left);
  else if (last) range.setStart(last, last.length);
  else range.setStart(element, 0);
  range.collapse(true);
  selection?.removeAllRanges();
  selection?.addRange(range);
}
