import { Drawer, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { inWords } from "~/api/problem";
import type { ArtifactName } from "~/api/types";
import { ARTIFACT_NAMES } from "~/lib/words";

import { diffQuery } from "../data/past";
import { textOf } from "../edit/merge";
import { DiffText } from "./DiffText";
import classes from "./SlideDiff.module.css";

interface CompareDrawerProps {
  cimId: string;
  /** The revision before the change, and the one now. */
  from: number;
  to: number;
  title: string;
  /** Only what concerns this slide, besides the artifacts. */
  slideId?: string;
  onClose: () => void;
}

const STAGE_FIELDS = new Set(["stage_reason", "stale_reason", "status", "position"]);

const FIELD_NAMES: Partial<Record<string, string>> = {
  type: "Buyer",
  motivations: "Motivations",
  concerns: "Concerns",
  selected_hero: "Hero",
  "investment_thesis.asset": "Asset",
  "investment_thesis.timing": "Timing",
  "investment_thesis.opportunity": "Opportunity",
};

/** What changed upstream since something was written, side by side with the thing itself. */
export function CompareDrawer({ cimId, from, to, title, slideId, onClose }: CompareDrawerProps) {
  const { data, error, isPending } = useQuery(diffQuery(cimId, Math.max(from, 1), to));
  const slide = data?.slides.find(({ slide_id }) => slide_id === slideId);
  const artifacts =
    data?.artifacts.filter(({ fields }) => fields.some(({ field }) => !STAGE_FIELDS.has(field))) ?? [];
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={title}>
      {isPending && <Text c="dimmed">Reading both versions …</Text>}
      {error && <Text c="red">{inWords(error).sentence}</Text>}
      {data && artifacts.length === 0 && !slide && (
        <Text>Nothing that it rests on reads differently now. It can stay as it is.</Text>
      )}
      <Stack gap="md">
        {artifacts.map(({ artifact, fields }) => (
          <Fields key={artifact} title={ARTIFACT_NAMES[artifact]} fields={fields} artifact={artifact} />
        ))}
        {slide && <Fields title={`This slide: ${slide.title}`} fields={slide.fields} />}
      </Stack>
    </Drawer>
  );
}

interface FieldsProps {
  title: string;
  fields: readonly { field: string; before: unknown; after: unknown }[];
  artifact?: ArtifactName;
}

function Fields({ title, fields }: FieldsProps) {
  const shown = fields.filter(({ field }) => !STAGE_FIELDS.has(field) && field !== "order");
  if (shown.length === 0) return null;
  return (
    <section>
      <Title order={3} mb={4}>
        {title}
      </Title>
      <dl className={classes["list"]}>
        {shown.map(({ field, before, after }) => (
          <div key={field}>
            <dt>
              {FIELD_NAMES[field] ?? field.replace(/^(sections|components)\..*/, "$1").replaceAll("_", " ")}
            </dt>
            <dd>
              <DiffText before={textOf(before)} after={textOf(after)} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
