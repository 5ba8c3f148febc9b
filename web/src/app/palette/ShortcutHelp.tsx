import { Group, Modal, Stack, Text, Title } from "@mantine/core";

import { type Action, actions } from "~/lib/keys/actions";
import { KeyNames } from "~/lib/keys/KeyNames";
import { useStore } from "~/lib/store";

import { isHelpOpen } from "./openers";
import classes from "./ShortcutHelp.module.css";

/** Every key that works on this page. */
export function ShortcutHelp() {
  const isOpen = useStore(isHelpOpen);
  const offered = useStore(actions);
  const groups = Map.groupBy(
    [...new Map(offered.filter(({ keys }) => keys).map((action) => [action.keys, action])).values()],
    ({ group }) => group,
  );
  return (
    <Modal opened={isOpen} onClose={() => isHelpOpen.set(false)} title="Keys on this page" size="lg">
      <div className={classes["groups"]}>
        {[...groups].map(([group, found]) => (
          <Stack key={group} gap={6} className={classes["group"] ?? ""}>
            <Title order={3}>{group}</Title>
            {found.map((action) => (
              <KeyRow key={action.id} action={action} />
            ))}
          </Stack>
        ))}
      </div>
    </Modal>
  );
}

function KeyRow({ action }: { action: Action }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text>{action.title}</Text>
      <KeyNames keys={action.keys ?? ""} />
    </Group>
  );
}
