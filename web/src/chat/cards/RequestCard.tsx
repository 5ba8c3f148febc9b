import { Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconClock, IconHelpCircle } from "@tabler/icons-react";

import type { RequestView } from "~/api/types";
import { fullTime, timesOver, when } from "~/lib/dates";
import { useSession } from "~/lib/session/useSession";

import classes from "./Cards.module.css";
import { ConfirmationCard } from "./ConfirmationCard";
import { PlanCard } from "./PlanCard";
import { QuestionCard } from "./QuestionCard";

const ASKS: Record<RequestView["kind"], string> = {
  question: "Question",
  confirmation: "May I change this?",
  plan: "Plan to look over",
};

const CLOSED: Record<Exclude<RequestView["status"], "open">, string> = {
  answered: "Answered",
  superseded: "No longer asked: the talk went on",
  cancelled: "No longer asked: the run was stopped",
};

interface RequestCardProps {
  cimId: string;
  request: RequestView;
  /** Whether the keys 1 to 9 are for this card. */
  hasKeys: boolean;
}

/** What the AI asks people, and what became of it. */
export function RequestCard({ cimId, request, hasKeys }: RequestCardProps) {
  const { kind, status, body } = request;
  const isOpen = status === "open";
  return (
    <section
      className={classes["card"]}
      data-open={isOpen || undefined}
      data-request={request.id}
      aria-label={ASKS[kind]}
    >
      <div className={classes["kind"]}>
        <IconHelpCircle size={14} aria-hidden />
        {ASKS[kind]}
      </div>
      <Text className={classes["asked"]}>{body.text}</Text>
      {isOpen && body.hint && (
        <Text size="xs" c="dimmed">
          {body.hint}
        </Text>
      )}
      {isOpen && request.reminders > 0 && (
        <p
          className={classes["waits"]}
          title={request.reminded_at ? `Last reminded: ${fullTime(request.reminded_at)}` : undefined}
        >
          <IconClock size={14} aria-hidden />
          Waits since {when(request.opened_at)}, reminded {timesOver(request.reminders)}
        </p>
      )}
      {!isOpen ? (
        <Closed request={request} />
      ) : kind === "question" ? (
        <QuestionCard cimId={cimId} request={request} hasKeys={hasKeys} />
      ) : kind === "confirmation" ? (
        <ConfirmationCard cimId={cimId} request={request} />
      ) : (
        <PlanCard cimId={cimId} request={request} />
      )}
    </section>
  );
}

function Closed({ request }: { request: RequestView }) {
  const me = useSession().personId;
  const { answer, status, closed_at: at, closed_by: by } = request;
  if (status === "open") return null;
  const isNo = status !== "answered" || (answer != null && "approved" in answer && !answer.approved);
  const Icon = isNo ? IconCircleX : IconCircleCheck;
  const said =
    answer == null
      ? ""
      : "approved" in answer
        ? [answer.approved ? "Approved" : "Denied", answer.reason].filter(Boolean).join(": ")
        : [answer.choices.join(", "), answer.text].filter(Boolean).join(": ");
  const who = status === "answered" && by ? (by === me ? "by you" : "by a colleague") : "";
  return (
    <div className={classes["closed"]} data-no={isNo || undefined}>
      <Icon size={14} aria-hidden />
      <span>
        {said && <strong>{said}</strong>}
        {said && " · "}
        {[CLOSED[status], who, at ? when(at) : ""].filter(Boolean).join(" ")}
      </span>
    </div>
  );
}
