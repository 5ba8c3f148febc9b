import { Button, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Fragment, useState } from "react";

import type { Finding, Slide, Source, SourceReference } from "~/api/types";
import { Empty } from "~/app/Empty";
import type { NameOf } from "~/book/data/people";
import { when } from "~/lib/dates";
import { useCommands } from "~/lib/queue/useCommands";

import { type Conflict, openOf } from "./conflicts";
import classes from "./Contradictions.module.css";
import { MarkedText } from "./MarkedText";

const LEAST_REASON = 3;

interface ContradictionsProps {
  cimId: string;
  conflicts: readonly Conflict[];
  sources: readonly Source[];
  slides: readonly Slide[];
  canEdit: boolean;
  nameOf: NameOf;
}

/** Where documents say different things: both places beside each other, and what the team goes by. */
export function Contradictions({ conflicts, ...rest }: ContradictionsProps) {
  if (conflicts.length === 0)
    return (
      <Empty
        title="The documents agree"
        example="Gross margin, FY2024: 53.4% in financials.xlsx, 51.4% in market_note.pdf"
      >
        Where two documents give different figures for the same thing, both places are shown here beside each
        other.
      </Empty>
    );
  return (
    <ul className={classes["list"]} aria-label="Contradictions">
      {conflicts.map((conflict) => (
        <ConflictItem key={conflict.id} conflict={conflict} {...rest} />
      ))}
    </ul>
  );
}

type ItemProps = Omit<ContradictionsProps, "conflicts"> & { conflict: Conflict };

function ConflictItem({ cimId, conflict, sources, slides, canEdit, nameOf }: ItemProps) {
  const open = openOf(conflict);
  const onSlides = slides.filter(({ id }) => conflict.findings.some(({ slide_id }) => slide_id === id));
  const documentOf = ({ source_id: id }: SourceReference): string =>
    sources.find((source) => source.id === id)?.name ?? "a document that is not in the book any more";
  return (
    <li className={classes["conflict"]} data-settled={open.length === 0}>
      <p className={classes["title"]}>
        {open.length === 0 ? (
          <IconCheck size={16} aria-hidden />
        ) : (
          <IconAlertTriangle size={16} aria-hidden />
        )}
        <span>{titleOf(conflict)}</span>
      </p>
      <div className={classes["sides"]}>
        {conflict.sides.map(({ figure, places }, at) => (
          <section key={at} className={classes["side"]} aria-label={figure || `Side ${at + 1}`}>
            <p className={classes["figure"]}>{figure || "Another figure"}</p>
            {places.map((ref, place) => (
              <div key={place} className={classes["place"]}>
                <Link
                  to="/app/books/$cimId/documents"
                  params={{ cimId }}
                  search={{
                    source: ref.source_id,
                    ...(ref.passage_id ? { passage: ref.passage_id } : {}),
                    ...(figure ? { mark: figure } : {}),
                  }}
                >
                  {documentOf(ref)}, {ref.locator}
                </Link>
                {ref.quote && (
                  <blockquote>
                    “<MarkedText text={ref.quote} mark={figureIn(ref.quote, figure)} />”
                  </blockquote>
                )}
              </div>
            ))}
          </section>
        ))}
      </div>
      {onSlides.length > 0 && (
        <p className={classes["slides"]}>
          On {onSlides.length === 1 ? "the slide " : "slides "}
          {onSlides.map(({ id, title }, at) => (
            <Fragment key={id}>
              {at > 0 && ", "}
              <Link to="/app/books/$cimId/slides/$slideId" params={{ cimId, slideId: id }}>
                {title}
              </Link>
            </Fragment>
          ))}
        </p>
      )}
      <Settled conflict={conflict} nameOf={nameOf} cimId={cimId} canEdit={canEdit} />
      {open.length > 0 && canEdit && <Accept cimId={cimId} open={open} />}
    </li>
  );
}

function Accept({ cimId, open }: { cimId: string; open: readonly Finding[] }) {
  const { send } = useCommands(cimId);
  const [reason, setReason] = useState<string | null>(null);
  const isEnough = (reason ?? "").trim().length >= LEAST_REASON;
  const accept = (): void => {
    for (const { id } of open)
      void send({ type: "accept_finding", finding_id: id, reason: (reason ?? "").trim() });
    setReason(null);
  };
  if (reason === null)
    return (
      <div>
        <Button variant="default" onClick={() => setReason("")}>
          Accept with a reason
        </Button>
      </div>
    );
  return (
    <div className={classes["reason"]}>
      <TextInput
        aria-label="Why this stands"
        placeholder="Which figure the book goes by, and why"
        ref={(node) => node?.focus()}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && isEnough) accept();
          if (event.key === "Escape") setReason(null);
        }}
      />
      <Button disabled={!isEnough} onClick={accept}>
        Accept
      </Button>
    </div>
  );
}

function Settled({
  conflict,
  nameOf,
  cimId,
  canEdit,
}: Pick<ItemProps, "conflict" | "nameOf" | "cimId" | "canEdit">) {
  const { send } = useCommands(cimId);
  const byReason = new Map<string, Finding[]>();
  for (const finding of conflict.findings)
    if (finding.accepted) {
      const key = `${finding.accepted.by} ${finding.accepted.reason}`;
      byReason.set(key, [...(byReason.get(key) ?? []), finding]);
    }
  return [...byReason].map(([key, findings]) => {
    const { accepted } = findings[0] as Finding;
    if (!accepted) return null;
    return (
      <p key={key} className={classes["settled"]}>
        {findings.some(({ kind }) => kind === "source_conflict") ? "Accepted" : "Accepted on slides"} by{" "}
        {nameOf({ kind: "user", id: accepted.by })}, {when(accepted.at)}: “{accepted.reason}”{" "}
        {canEdit && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            onClick={() => {
              for (const { id } of findings) void send({ type: "withdraw_acceptance", finding_id: id });
            }}
          >
            Withdraw
          </Button>
        )}
      </p>
    );
  });
}

/** "Gross margin, FY2024" of "The documents differ on Gross margin, FY2024: 53.4% in ...". */
function titleOf({ message }: Conflict): string {
  return /^The documents differ on ([^:]+):/.exec(message)?.[1] ?? message;
}

/** The figure as the quote writes it: "USD 83.7 million" is "83.7" there. */
function figureIn(quote: string, figure: string): string {
  return quote.includes(figure) ? figure : (/\d[\d,.]*%?/.exec(figure)?.[0] ?? "");
}
