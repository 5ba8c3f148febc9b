import { ActionIcon, Button, Textarea } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";

import type { RequestView } from "~/api/types";

import { ApproveOrDeny } from "./ApproveOrDeny";
import classes from "./Cards.module.css";
import { fieldName } from "./fields";
import { added, moved, type PlanItem, planOf, type PlanSection, withItems } from "./plan";
import { useAnswering } from "./useAnswering";

/** The slides that a compose run would write, section by section; changed here before it goes on. */
export function PlanCard({ cimId, request }: { cimId: string; request: RequestView }) {
  const [first] = useState(() => planOf(request.body.arguments ?? {}));
  const [plan, setPlan] = useState(first);
  const answering = useAnswering(cimId, request);
  const slides = plan.sections.reduce((sum, { items }) => sum + items.length, 0);
  const change = (sectionId: string, items: (before: PlanItem[]) => PlanItem[]): void =>
    setPlan(withItems(plan, sectionId, items));
  return (
    <>
      <div className={classes["plan"]}>
        {plan.sections.map((section) => (
          <SectionItems
            key={section.section_id}
            section={section}
            onChange={(items) => change(section.section_id, items)}
          />
        ))}
      </div>
      {plan.notes.map((note, at) => (
        <p key={at} className={classes["note"]}>
          {note}
        </p>
      ))}
      <ApproveOrDeny
        approve={plan === first ? `Approve ${slides} slides` : `Approve as changed (${slides} slides)`}
        isPending={answering.isPending}
        error={answering.error}
        onApprove={() =>
          answering.mutate({
            approved: true,
            ...(plan === first
              ? {}
              : { arguments: JSON.parse(JSON.stringify(plan)) as Record<string, never> }),
          })
        }
        onDeny={(reason) => answering.mutate({ approved: false, reason })}
      />
    </>
  );
}

interface SectionItemsProps {
  section: PlanSection;
  onChange: (items: (before: PlanItem[]) => PlanItem[]) => void;
}

function SectionItems({ section, onChange }: SectionItemsProps) {
  const name = section.title || section.section_id;
  return (
    <fieldset className={classes["section"]}>
      <legend>
        {name} <span>{section.items.length}</span>
      </legend>
      <ol>
        {section.items.map((item, at) => (
          <li key={item.topic} className={classes["item"]}>
            <Textarea
              size="xs"
              autosize
              minRows={1}
              aria-label={`Slide ${at + 1} of ${name}`}
              description={item.kind === "words" ? undefined : fieldName(item.kind)}
              inputWrapperOrder={["input", "description"]}
              value={item.title}
              onChange={(event) => {
                const title = event.currentTarget.value;
                onChange((before) => before.map((one, index) => (index === at ? { ...one, title } : one)));
              }}
            />
            <ActionIcon
              size="sm"
              aria-label={`Up: ${item.title}`}
              disabled={at === 0}
              onClick={() => onChange((before) => moved(before, at, -1))}
            >
              <IconArrowUp size={14} aria-hidden />
            </ActionIcon>
            <ActionIcon
              size="sm"
              aria-label={`Down: ${item.title}`}
              disabled={at === section.items.length - 1}
              onClick={() => onChange((before) => moved(before, at, 1))}
            >
              <IconArrowDown size={14} aria-hidden />
            </ActionIcon>
            <ActionIcon
              size="sm"
              aria-label={`Leave out: ${item.title}`}
              onClick={() => onChange((before) => before.filter((_, index) => index !== at))}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ol>
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconPlus size={12} aria-hidden />}
        onClick={() => onChange((before) => added(before, "New slide"))}
      >
        Add a slide
      </Button>
    </fieldset>
  );
}
