import { Anchor, Button, Group, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useState } from "react";

import type { Finding } from "~/api/types";
import { when } from "~/lib/dates";
import { useCommands } from "~/lib/queue/useCommands";

import type { NameOf } from "../data/people";
import { useSurroundings } from "../slide/slideContext";
import classes from "./Panels.module.css";

const LEAST_REASON = 3;

interface CheckPanelProps {
  cimId: string;
  findings: readonly Finding[];
  nameOf: NameOf;
  canEdit: boolean;
}

/** What the check of the figures found on the slide; a person may stand for one, with a reason. */
export function CheckPanel({ cimId, findings, nameOf, canEdit }: CheckPanelProps) {
  return (
    <div className={classes["panel"]}>
      {findings.length === 0 && (
        <Text c="dimmed">Every figure of this slide is borne out by the documents.</Text>
      )}
      <ul className={classes["list"]}>
        {findings.map((finding) => (
          <FindingRow key={finding.id} cimId={cimId} finding={finding} nameOf={nameOf} canEdit={canEdit} />
        ))}
      </ul>
    </div>
  );
}

interface FindingRowProps {
  cimId: string;
  finding: Finding;
  nameOf: NameOf;
  canEdit: boolean;
}

function FindingRow({ cimId, finding, nameOf, canEdit }: FindingRowProps) {
  const { send } = useCommands(cimId);
  const { citations, passageHref, openPassage } = useSurroundings();
  const [reason, setReason] = useState<string | null>(null);
  const { accepted } = finding;

  const accept = (): void => {
    void send({ type: "accept_finding", finding_id: finding.id, reason: (reason ?? "").trim() });
    setReason(null);
  };

  return (
    <li className={classes["finding"]} data-kind={finding.kind} data-accepted={accepted != null}>
      <p>
        {accepted ? <IconCheck size={14} aria-hidden /> : <IconAlertTriangle size={14} aria-hidden />}
        <span>{finding.message}</span>
      </p>
      <Group gap={12}>
        {finding.places.map((ref, at) => (
          <Anchor
            key={at}
            size="xs"
            href={passageHref(ref, finding.figure)}
            onClick={(event) => {
              event.preventDefault();
              openPassage(ref, finding.figure);
            }}
          >
            {citations.documentOf(ref)}, {ref.locator}
          </Anchor>
        ))}
      </Group>
      {accepted ? (
        <Group gap={8}>
          <Text size="xs" c="dimmed">
            Accepted by {nameOf({ kind: "user", id: accepted.by })}, {when(accepted.at)}: “{accepted.reason}”
          </Text>
          {canEdit && (
            <Button
              variant="subtle"
              color="gray"
              size="compact-xs"
              onClick={() => void send({ type: "withdraw_acceptance", finding_id: finding.id })}
            >
              Withdraw
            </Button>
          )}
        </Group>
      ) : (
        canEdit &&
        (reason === null ? (
          <div>
            <Button variant="default" onClick={() => setReason("")}>
              Accept with a reason
            </Button>
          </div>
        ) : (
          <Group gap={6} wrap="nowrap">
            <TextInput
              aria-label="Why the figure stands"
              placeholder="Why the figure stands, such as: the annual report is right"
              flex={1}
              // The person has just asked for this field.
              data-autofocus
              ref={(node) => node?.focus()}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && reason.trim().length >= LEAST_REASON) accept();
                if (event.key === "Escape") setReason(null);
              }}
            />
            <Button disabled={reason.trim().length < LEAST_REASON} onClick={accept}>
              Accept
            </Button>
          </Group>
        ))
      )}
    </li>
  );
}
