import { Button, type ButtonProps, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useEffect } from "react";

import { ProblemNote } from "~/app/ProblemNote";

interface SureProps {
  /** The button, and the one that does it. */
  label: string;
  /** Where several stand below each other, the name of this one for those who hear it. */
  name?: string;
  title: string;
  /** What will happen, in a sentence. */
  children: ReactNode;
  onSure: () => void;
  change: { isPending: boolean; isSuccess: boolean; isError: boolean; error: unknown; reset: () => void };
  variant?: ButtonProps["variant"];
  isHarmless?: boolean;
  disabled?: boolean;
}

/** A step with consequences: said before, done after a second press, refused in place. */
export function Sure(props: SureProps) {
  const { label, name, title, children, onSure, change, variant, isHarmless, disabled } = props;
  const [isOpen, { open, close }] = useDisclosure(false);
  const { isSuccess } = change;
  useEffect(() => {
    if (isSuccess) close();
  }, [isSuccess, close]);
  const colour = isHarmless ? {} : { color: "red" };
  return (
    <>
      <Button
        variant={variant ?? "subtle"}
        {...(variant === undefined ? { color: "gray", c: "dimmed", fw: 500 } : {})}
        disabled={disabled ?? false}
        onClick={() => {
          change.reset();
          open();
        }}
        {...(name ? { "aria-label": name } : {})}
      >
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={title}>
        <Stack gap="sm">
          <Text component="div">{children}</Text>
          {change.isError && <ProblemNote error={change.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Cancel
            </Button>
            <Button {...colour} loading={change.isPending} onClick={onSure}>
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
