import { ActionIcon } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";

import { tellError } from "~/lib/tell";

import type { Branch } from "../data";
import { useTalking } from "../talking";
import classes from "./Messages.module.css";

interface BranchSwitchProps {
  cimId: string;
  threadId: string;
  ways: readonly Branch[];
}

/** ‹ 2/3 › */
export function BranchSwitch({ cimId, threadId, ways }: BranchSwitchProps) {
  const { take } = useTalking(cimId);
  const taking = useMutation({
    mutationFn: (leafId: string) => take(threadId, leafId),
    onError: tellError,
  });
  const at = ways.findIndex(({ active }) => active);
  const go = (by: number): void => {
    const next = ways[at + by];
    if (next) taking.mutate(next.leaf_id);
  };
  return (
    <span className={classes["branches"]} role="group" aria-label="Branches">
      <ActionIcon
        size="xs"
        aria-label="Earlier branch"
        disabled={at <= 0 || taking.isPending}
        onClick={() => go(-1)}
      >
        <IconChevronLeft size={13} aria-hidden />
      </ActionIcon>
      <span>
        {at + 1}/{ways.length}
      </span>
      <ActionIcon
        size="xs"
        aria-label="Later branch"
        disabled={at >= ways.length - 1 || taking.isPending}
        onClick={() => go(1)}
      >
        <IconChevronRight size={13} aria-hidden />
      </ActionIcon>
    </span>
  );
}
