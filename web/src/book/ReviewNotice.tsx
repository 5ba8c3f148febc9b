import { Button, Group } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import { fullTime, when } from "~/lib/dates";

import type { Cause } from "./data/causes";
import type { NameOf } from "./data/people";
import classes from "./ReviewNotice.module.css";

interface ReviewNoticeProps {
  cause: Cause | null;
  /** Said where the log does not tell why. */
  otherwise: string;
  nameOf: NameOf;
  onConfirm: (() => void) | null;
  onRedraft: (() => void) | null;
  isRedrafting?: boolean;
  onCompare: (() => void) | null;
}

/** Why something needs review, in a sentence, and the three things to do about it. */
export function ReviewNotice(props: ReviewNoticeProps) {
  const { cause, nameOf } = props;
  return (
    <div className={classes["notice"]} role="note">
      <IconAlertTriangle size={16} aria-hidden />
      <p>
        <strong>Needs review.</strong>{" "}
        {cause ? (
          <>
            {cause.what} (<time title={fullTime(cause.at)}>{when(cause.at)}</time>, {nameOf(cause.actor)}).
          </>
        ) : (
          props.otherwise
        )}
      </p>
      <Group gap={6} wrap="nowrap">
        {props.onConfirm && (
          <Button variant="default" onClick={props.onConfirm}>
            Still right
          </Button>
        )}
        {props.onRedraft && (
          <Button variant="default" onClick={props.onRedraft} loading={props.isRedrafting ?? false}>
            Redraft
          </Button>
        )}
        {props.onCompare && (
          <Button variant="subtle" onClick={props.onCompare}>
            Compare
          </Button>
        )}
      </Group>
    </div>
  );
}
