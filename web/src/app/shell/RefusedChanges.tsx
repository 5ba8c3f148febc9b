import { Button, CopyButton, Drawer, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { when } from "~/lib/dates";
import { type Change, textOf, titleOf } from "~/lib/queue/change";
import { drop, sendAgain } from "~/lib/queue/queue";
import { useAllChanges } from "~/lib/queue/useCommands";
import { useStore } from "~/lib/store";

import { isRefusedOpen } from "../palette/openers";
import classes from "./RefusedChanges.module.css";

/** Changes that the API refused, kept until the person has settled each. */
export function RefusedChanges() {
  const refused = useAllChanges().filter(({ status }) => status === "refused");
  const isOpen = useStore(isRefusedOpen);
  return (
    <Drawer opened={isOpen} onClose={() => isRefusedOpen.set(false)} position="right" title="Refused changes">
      {refused.length === 0 && <Text c="dimmed">Every change is settled.</Text>}
      <Stack component="ul" className={classes["list"] ?? ""} gap="md">
        {refused.map((change) => (
          <RefusedChange key={change.commandId} change={change} />
        ))}
      </Stack>
    </Drawer>
  );
}

function RefusedChange({ change }: { change: Change }) {
  const { problem, command, cimId, at } = change;
  return (
    <li className={classes["change"]}>
      <Group justify="space-between" wrap="nowrap" align="baseline">
        <Text fw={600}>{titleOf(command)}</Text>
        <Text size="xs" c="dimmed">
          {when(at)}
        </Text>
      </Group>
      <Text className={classes["why"] ?? ""}>
        <IconAlertTriangle size={14} aria-hidden /> {problem?.detail}
      </Text>
      {problem?.next_step && <Text c="dimmed">{problem.next_step}</Text>}
      <Group gap={6} mt={8}>
        <Button variant="default" onClick={() => void sendAgain(change)}>
          Send again
        </Button>
        <CopyButton value={textOf(command)}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy the text"}
            </Button>
          )}
        </CopyButton>
        <Button variant="subtle" color="red" onClick={() => void drop(change)}>
          Drop it
        </Button>
        <Link to="/app/books/$cimId" params={{ cimId }} className={classes["book"]}>
          To the book
        </Link>
      </Group>
    </li>
  );
}
