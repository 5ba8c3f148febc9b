import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCircleDashed } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Fragment, useMemo } from "react";

import type { components } from "~/api/schema";
import type { Slide } from "~/api/types";
import { wishToTalk } from "~/app/shell/aiPanel";

import { read, speakingTo } from "../likeness";
import classes from "./Buyer.module.css";
import { probing } from "./questions";

const MOST_NAMED = 3;

interface AnswersProps {
  cimId: string;
  persona: components["schemas"]["BuyerPersona"];
  /** Absent while they are read. */
  slides: readonly Slide[] | undefined;
}

/** Each motivation and concern with the slides that speak to it; those that none speaks to stand out. */
export function Answers({ cimId, persona, slides }: AnswersProps) {
  const all = useMemo(() => (slides ? read(slides) : null), [slides]);
  const points = [
    ...persona.motivations.map((text) => ({ text, kind: "motivation" as const })),
    ...persona.concerns.map((text) => ({ text, kind: "concern" as const })),
  ];
  return (
    <ul className={classes["points"]} aria-label="What the book answers">
      {points.map(({ text, kind }) => {
        const found = all ? speakingTo(text, all) : [];
        const isOpen = all !== null && found.length === 0;
        return (
          <li key={`${kind} ${text}`} className={classes["point"]} data-open={isOpen}>
            {isOpen ? (
              <IconAlertTriangle size={15} aria-hidden />
            ) : all ? (
              <IconCheck size={15} aria-hidden />
            ) : (
              <IconCircleDashed size={15} aria-hidden />
            )}
            <span>{text}</span>
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Probe: ${text}`}
              onClick={() => wishToTalk(probing(persona, text, kind), ["buyer_persona"])}
            >
              Probe
            </Button>
            <span className={classes["answer"]}>
              {isOpen
                ? `No slide speaks to this ${kind}.`
                : found.slice(0, MOST_NAMED).map(({ id, title }, at) => (
                    <Fragment key={id}>
                      {at > 0 && "; "}
                      <Link to="/app/books/$cimId/slides/$slideId" params={{ cimId, slideId: id }}>
                        {title}
                      </Link>
                    </Fragment>
                  ))}
              {found.length > MOST_NAMED && ` and ${found.length - MOST_NAMED} more`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
