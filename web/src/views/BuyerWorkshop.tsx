import { Button, Title, UnstyledButton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";

import type { Slide } from "~/api/types";
import { useBook, useSlides } from "~/api/useBook";
import { useAiContext, useAiPlace, wishToTalk } from "~/app/shell/aiPanel";
import { useDrafting } from "~/book/data/drafting";
import { useMyRights } from "~/book/data/role";
import { PersonaEditor } from "~/book/stage/PersonaEditor";

import { Answers } from "./buyer/Answers";
import classes from "./buyer/Buyer.module.css";
import { questionsFor } from "./buyer/questions";
import view from "./View.module.css";
import { ViewHead } from "./ViewHead";

const NO_SLIDES: readonly Slide[] = [];

/** The buyer's persona as a sheet, with the AI beside it to probe what moves them and what they doubt. */
export function BuyerWorkshop() {
  const { cimId } = useParams({ from: "/workspace/app/books/$cimId/buyer" });
  const book = useBook(cimId);
  const slides = useSlides(cimId);
  const { canEdit } = useMyRights(book);
  const drafting = useDrafting(cimId);
  const [place, setPlace] = useAiPlace();
  const persona = book.artifacts.buyer_persona?.value ?? null;
  const questions = questionsFor(persona);
  useAiContext({ title: "Buyer persona", mentions: ["buyer_persona"], examples: questions.slice(-2) });

  // A workshop without the other one is none; hiding the panel afterwards is the person's own choice.
  useEffect(() => {
    if (place === "hidden") setPlace("side");
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  return (
    <div className={view["view"]}>
      <ViewHead title="Buyer workshop" lead="Who reads this book, what draws them, and what they doubt.">
        {canEdit && (
          <Button
            variant="default"
            loading={drafting.isPending}
            onClick={() => drafting.mutate({ kind: "draft_buyer_persona" })}
          >
            {persona ? "Redraft with the AI" : "Draft with the AI"}
          </Button>
        )}
      </ViewHead>
      <div className={classes["page"]}>
        <div className={classes["inner"]}>
          <PersonaEditor book={book} slides={slides ?? NO_SLIDES} canEdit={canEdit} />
          <section aria-label="Questions to probe">
            <Title order={2}>Probe it with the AI</Title>
            <ul className={classes["questions"]}>
              {questions.map((question) => (
                <li key={question}>
                  <UnstyledButton
                    className={classes["question"]}
                    onClick={() => wishToTalk(question, ["buyer_persona"])}
                  >
                    {question}
                  </UnstyledButton>
                </li>
              ))}
            </ul>
          </section>
          {persona && (
            <section aria-label="What the book answers">
              <Title order={2}>What the book answers</Title>
              <Answers cimId={cimId} persona={persona} slides={slides} />
            </section>
          )}
        </div>
      </div>
    </div>
  );
}
