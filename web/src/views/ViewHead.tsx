import { Title } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./View.module.css";

interface ViewHeadProps {
  title: string;
  /** What the view is for, in a sentence. */
  lead?: ReactNode;
  children?: ReactNode;
}

/** The top of a view: its name, what it is for, what can be done. */
export function ViewHead({ title, lead, children }: ViewHeadProps) {
  return (
    <header className={classes["head"]}>
      <Title order={1}>{title}</Title>
      <p className={classes["lead"]}>{lead}</p>
      {children}
    </header>
  );
}
