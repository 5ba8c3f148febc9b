import { ActionIcon, Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  IconChevronDown,
  IconGitBranch,
  IconLayoutSidebarRight,
  IconMaximize,
  IconPictureInPicture,
  IconPlus,
  IconX,
} from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";

import { useAiPlace } from "~/app/shell/aiPanel";
import { when } from "~/lib/dates";
import { newId } from "~/lib/ids";
import { tellError } from "~/lib/tell";

import classes from "./ChatPanel.module.css";
import { type Branch, threadsQuery } from "./data";
import { useTalking } from "./talking";

interface PanelBarProps {
  cimId: string;
  threadId: string;
  branches: readonly Branch[];
  onThread: (threadId: string) => void;
}

const PLACES = [
  { place: "side", label: "At the side", icon: IconLayoutSidebarRight },
  { place: "floating", label: "Floating", icon: IconPictureInPicture },
  { place: "full", label: "Over the whole page", icon: IconMaximize },
] as const;

/** Which talk it is, its branches, and where the panel stands. */
export function PanelBar({ cimId, threadId, branches, onThread }: PanelBarProps) {
  const { data: threads } = useQuery(threadsQuery(cimId));
  const [place, setPlace] = useAiPlace();
  const isWide = useMediaQuery("(min-width: 62em)", true, { getInitialValueInEffect: false });
  const named = (id: string, title?: string): string => title || (id === "main" ? "Main talk" : "New talk");
  const title = named(threadId, threads?.find(({ id }) => id === threadId)?.title);
  return (
    <header className={classes["bar"]}>
      <Menu position="bottom-start">
        <Menu.Target>
          <UnstyledButton className={classes["thread"]} aria-label={`Talk: ${title}`}>
            <span>{title}</span>
            <IconChevronDown size={13} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {(threads ?? []).map(({ id, title: name, updated_at: at }) => (
            <Menu.Item key={id} fw={id === threadId ? 600 : 400} onClick={() => onThread(id)}>
              {named(id, name)} <span className={classes["quiet"]}>{when(at)}</span>
            </Menu.Item>
          ))}
          {!threads?.some(({ id }) => id === "main") && (
            <Menu.Item onClick={() => onThread("main")}>Main talk</Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onThread(newId())}>
            New talk
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <span className={classes["gap"]} />
      {branches.length > 1 && <Branches cimId={cimId} threadId={threadId} branches={branches} />}
      {isWide &&
        PLACES.filter((one) => one.place !== place).map(({ place: other, label, icon: Icon }) => (
          <Tooltip key={other} label={label}>
            <ActionIcon size="sm" aria-label={label} onClick={() => setPlace(other)}>
              <Icon size={15} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ))}
      {isWide && (
        <Tooltip label="Hide">
          <ActionIcon size="sm" aria-label="Hide the AI panel" onClick={() => setPlace("hidden")}>
            <IconX size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </header>
  );
}

function Branches({ cimId, threadId, branches }: Omit<PanelBarProps, "onThread">) {
  const { take } = useTalking(cimId);
  const taking = useMutation({ mutationFn: (leafId: string) => take(threadId, leafId), onError: tellError });
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <UnstyledButton className={classes["thread"]} aria-label={`${branches.length} branches`}>
          <IconGitBranch size={14} aria-hidden /> {branches.length}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {branches.map(({ leaf_id: id, first_text: first, messages, updated_at: at, active }) => (
          <Menu.Item key={id} fw={active ? 600 : 400} onClick={() => taking.mutate(id)}>
            <span className={classes["cut"]}>{first || "(empty)"}</span>
            <span className={classes["quiet"]}>
              {messages} messages, {when(at)}
              {active && ", shown"}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
