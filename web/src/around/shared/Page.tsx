import { Title } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./Around.module.css";

interface PageProps {
  title: ReactNode;
  /** Right of the title. */
  actions?: ReactNode;
  /** One sentence below it. */
  lead?: ReactNode;
  children: ReactNode;
}

/** A page around the books: title, what can be done, what there is. */
export function Page({ title, actions, lead, children }: PageProps) {
  return (
    <div className={classes["page"]}>
      <header className={classes["head"]}>
        <Title order={1}>{title}</Title>
        {actions}
      </header>
      {lead !== undefined && <p className={classes["lead"]}>{lead}</p>}
      {children}
    </div>
  );
}
