import { type RefObject, useLayoutEffect, useState } from "react";

import { useSurroundings } from "./slideContext";
import { SCALES, SPLIT_SCALE, unitOf } from "./page";

/** Columns of tables say how wide they are at each scale, in percent. */
function setScale(node: HTMLElement, scale: (typeof SCALES)[number]): void {
  node.style.setProperty("--scale", String(scale));
  for (const column of node.querySelectorAll<HTMLElement>("col[data-widths]"))
    column.style.width = `${column.dataset["widths"]?.split(" ")[SCALES.indexOf(scale)] ?? "auto"}%`;
}

/** The largest scale at which the content fits its frame; where none does, the page grows and says so. */
export function useFit(ref: RefObject<HTMLDivElement | null>, content: unknown, room: number): number | null {
  const { isReflowed } = useSurroundings();
  const [tall, setTall] = useState<number | null>(null);

  useLayoutEffect(() => {
    const node = ref.current;
    const page = node?.closest<HTMLElement>("[data-page]");
    if (!node || !page) return;
    const fit = (): void => {
      const unit = unitOf(page);
      if (unit === 0) return;
      if (page.dataset["reflowed"] === "true") {
        node.style.height = "auto";
        node.style.setProperty("--scale", "1");
        setTall(null);
        return;
      }
      node.style.height = `calc(${room} * var(--u))`;
      const scale = SCALES.find((each) => {
        setScale(node, each);
        return node.scrollHeight <= node.clientHeight + 1;
      });
      if (scale !== undefined) {
        setTall(null);
        return;
      }
      setScale(node, SPLIT_SCALE);
      const needed = Math.ceil(node.scrollHeight / unit);
      node.style.height = `calc(${needed} * var(--u))`;
      setTall(needed);
    };
    fit();
    // Sizes are relative to the page; only when fonts arrive does what fits change.
    let isGone = false;
    void document.fonts.ready.then(() => {
      if (!isGone) fit();
    });
    return () => {
      isGone = true;
    };
  }, [ref, content, room, isReflowed]);

  return tall;
}
