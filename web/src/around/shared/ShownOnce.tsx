import { Button, CopyButton, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";

import classes from "./Around.module.css";

/** A secret that the server does not keep: to be copied now. */
export function ShownOnce({ secret, what, children }: { secret: string; what: string; children: string }) {
  return (
    <div>
      <div className={classes["once"]}>
        <code aria-label={what}>{secret}</code>
        <CopyButton value={secret} timeout={2_000}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            >
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </div>
      <Text size="xs" c="dimmed" mt={6}>
        {children}
      </Text>
    </div>
  );
}
