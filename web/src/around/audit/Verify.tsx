import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconShieldCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { ProblemNote } from "~/app/ProblemNote";

import classes from "../shared/Around.module.css";
import { counted } from "../shared/found";
import type { Org } from "../shared/OrgFrame";
import { ShownOnce } from "../shared/ShownOnce";
import { verify, type Verification } from "./data";

const FAULTS: Record<Verification["faults"][number]["kind"], string> = {
  altered: "is not what was recorded",
  missing: "is missing",
  unlinked: "does not follow on the one before",
  head_differs: "is not where the log was last added to",
  cut_differs: "begins after a cut that was not recorded",
};

const MARK = /^[0-9]{1,18}:[0-9a-f]{64}$/;

interface VerifyProps {
  org: Org;
  opened: boolean;
  onClose: () => void;
}

/** Whether the log is whole: every entry there, and as it was recorded. */
export function Verify({ org, opened, onClose }: VerifyProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Check the chain" size="lg">
      <Check org={org} />
    </Modal>
  );
}

function Check({ org }: { org: Org }) {
  const [known, setKnown] = useState("");
  const check = useMutation({
    mutationFn: (mark: string) => verify(org.org_id, mark),
    meta: { quiet: true },
  });
  const isMark = known.trim() === "" || MARK.test(known.trim());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isMark) check.mutate(known.trim());
      }}
    >
      <Stack gap="sm">
        <Text c="dimmed">
          Each entry carries the hash of the one before. A check reads all of them, and finds what was
          altered, taken out or put in.
        </Text>
        <TextInput
          label="Mark of an earlier check"
          description="Found only with it: a chain that was written anew from some entry on."
          placeholder="159:1bb1…"
          value={known}
          onChange={(event) => setKnown(event.currentTarget.value)}
          error={isMark ? null : "A mark is a number, a colon and 64 hex digits."}
        />
        {check.isError && <ProblemNote error={check.error} />}
        {check.isSuccess && <Outcome found={check.data} />}
        <Group justify="flex-end">
          <Button type="submit" loading={check.isPending}>
            Check
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Outcome({ found }: { found: Verification }) {
  const { rows, begin, end, faults } = found;
  if (faults.length > 0)
    return (
      <div role="alert" className={classes["wrong"]}>
        <Group gap={6}>
          <IconAlertTriangle size={16} aria-hidden />
          <strong>The log is not whole.</strong>
        </Group>
        <ul>
          {faults.map(({ kind, seq }) => (
            <li key={`${kind}${seq}`}>
              Entry {seq} {FAULTS[kind]}.
            </li>
          ))}
        </ul>
      </div>
    );
  return (
    <div role="status">
      <span className={classes["state"]} data-tone="good">
        <IconShieldCheck size={16} aria-hidden />
        <strong>
          The log is whole: {counted(rows, "entry", "entries")}
          {begin && end ? `, from ${begin.seq} to ${end.seq}` : ""}.
        </strong>
      </span>
      {end && (
        <ShownOnce secret={`${end.seq}:${end.hash}`} what="Mark of this check">
          Keep this mark somewhere else; a later check can be held against it.
        </ShownOnce>
      )}
    </div>
  );
}
