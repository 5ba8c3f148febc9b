import { Button, Loader } from "@mantine/core";
import { IconAlertTriangle, IconPlayerStop, IconRotateClockwise } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { Message, RequestView } from "~/api/types";
import { fullTime, when } from "~/lib/dates";
import { newId } from "~/lib/ids";

import { Refused } from "../cards/Refused";
import { RequestCard } from "../cards/RequestCard";
import { fieldName } from "../cards/fields";
import { toolCallsQuery } from "../data";
import { useTalking } from "../talking";
import { AnswerText } from "../text/AnswerText";
import classes from "./Messages.module.css";
import { ToolLines } from "./ToolLines";

interface AnswerMessageProps {
  message: Message;
  /** What the person said before it, to be said again. */
  asked: Message | undefined;
  requests: readonly RequestView[];
  keysFor: string | null;
  /** Whether calls that belong to no other answer of the run are shown here. */
  isFirstOfRun: boolean;
  doing: string | undefined;
}

/** What the AI said, did and asked. */
export function AnswerMessage({
  message,
  asked,
  requests,
  keysFor,
  isFirstOfRun,
  doing,
}: AnswerMessageProps) {
  const isWriting = message.status === "queued" || message.status === "writing";
  const calls = useQuery({
    ...toolCallsQuery(message.cim_id, message.run_id ?? ""),
    enabled: message.run_id != null,
  }).data;
  const mine = calls?.filter(({ call }) =>
    message.agent_id ? call.agent_id === message.agent_id : isFirstOfRun,
  );
  const isAsking = requests.some(({ status }) => status === "open");
  return (
    <article className={classes["answer"]} aria-label="AI" aria-busy={isWriting}>
      <header className={classes["who"]}>
        <strong>{message.author.id === "assistant" ? "AI" : fieldName(message.author.id)}</strong>
        <time dateTime={message.created_at} title={fullTime(message.created_at)}>
          {when(message.created_at)}
        </time>
        {message.run_id && (
          <span className={classes["tools"]}>
            <Link to="/app/runs/$runId" params={{ runId: message.run_id }} className={classes["runLink"]}>
              Run
            </Link>
          </span>
        )}
      </header>
      <ToolLines calls={mine ?? []} isWriting={isWriting} />
      {message.text && (
        <AnswerText
          cimId={message.cim_id}
          text={message.text}
          citations={message.citations}
          unsupported={message.unsupported}
        />
      )}
      {requests.map((request) => (
        <RequestCard
          key={request.id}
          cimId={message.cim_id}
          request={request}
          hasKeys={request.id === keysFor}
        />
      ))}
      {isWriting && (
        <div className={classes["state"]}>
          {!isAsking && <Loader size={12} type="dots" aria-hidden />}
          {isAsking
            ? "Waits for your answer"
            : message.status === "queued"
              ? "Queued"
              : (!message.text && doing) || "Writing …"}
        </div>
      )}
      {(message.status === "stopped" || message.status === "failed") && (
        <Ended message={message} asked={asked} />
      )}
      {message.unsupported.length > 0 && (
        <div className={classes["unsupported"]}>
          <IconAlertTriangle size={13} aria-hidden />
          No document bears out: {message.unsupported.join(", ")}
        </div>
      )}
    </article>
  );
}

function Ended({ message, asked }: { message: Message; asked: Message | undefined }) {
  const [key] = useState(newId);
  const { say } = useTalking(message.cim_id);
  const again = useMutation({
    mutationFn: (again: Message) =>
      say({
        text: again.text,
        mode: again.mode,
        mentions: again.mentions,
        threadId: again.thread_id,
        policy: "enqueue",
        edits: again.id,
        key,
      }),
  });
  const isFailed = message.status === "failed";
  const Icon = isFailed ? IconAlertTriangle : IconPlayerStop;
  return (
    <div className={classes["ended"]} data-failed={isFailed || undefined}>
      <Icon size={13} aria-hidden />
      <span className={classes["endedWords"]}>
        {isFailed ? `This answer failed. ${message.error ?? ""}` : "Stopped. What was said stays."}
      </span>
      {asked && (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconRotateClockwise size={12} aria-hidden />}
          loading={again.isPending}
          onClick={() => again.mutate(asked)}
        >
          Try again
        </Button>
      )}
      <Refused error={again.error} />
    </div>
  );
}
