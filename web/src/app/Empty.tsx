import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./Page.module.css";

interface EmptyProps {
  title: string;
  /** One sentence that teaches what will be here. */
  children: ReactNode;
  /** One thing to do. */
  action?: ReactNode;
  /** What it may look like. */
  example?: ReactNode;
}

/** A place with nothing in it yet. */
export function Empty({ title, children, action, example }: EmptyProps) {
  return (
    <div className={classes["middle"]}>
      <Title order={2}>{title}</Title>
      <Text c="dimmed" maw={440}>
        {children}
      </Text>
      {example !== undefined && (
        <Text c="dimmed" fs="italic" maw={440} size="xs">
          {example}
        </Text>
      )}
      {action}
    </div>
  );
}
