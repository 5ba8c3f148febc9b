import { UnstyledButton } from "@mantine/core";
import { IconHelpCircle } from "@tabler/icons-react";

import type { RequestView } from "~/api/types";

import classes from "./ChatPanel.module.css";

/** Tells that somebody is waited for, and leads to it. */
export function OpenRequests({ open }: { open: readonly RequestView[] }) {
  const first = open[0];
  if (!first) return null;
  const show = (): void => {
    const card = document.querySelector(`[data-request="${CSS.escape(first.id)}"]`);
    card?.scrollIntoView({ block: "start" });
    card?.querySelector<HTMLElement>("input, button, textarea")?.focus();
  };
  return (
    <UnstyledButton className={classes["open"]} onClick={show}>
      <IconHelpCircle size={14} aria-hidden />
      {open.length === 1 ? "The AI waits for an answer" : `The AI waits for ${open.length} answers`}
    </UnstyledButton>
  );
}
