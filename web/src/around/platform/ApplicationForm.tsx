import { Button, Group, NumberInput, Radio, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";

import { ProblemNote } from "~/app/ProblemNote";

import type { Application } from "./data";
import { rampInWords } from "./words";

const MOST_WORKERS = 20;
const USUAL: Application["settings"] = {
  upgrade: "stay",
  model: null,
  continue_as_new_after_events: 1_000,
  ramp: [],
};
/** For a version that shall prove itself first. */
const STEPWISE: Application["settings"]["ramp"] = [
  { percent: 10, seconds: 120 },
  { percent: 50, seconds: 120 },
];

interface Values {
  name: string;
  scale: number;
  settings: Application["settings"];
}

interface ApplicationFormProps {
  initial?: Values;
  submit: string;
  change: { isPending: boolean; isError: boolean; error: unknown };
  onSubmit: (values: Values) => void;
  onCancel: () => void;
}

/** Its name, how many workers, and what open books do when a version comes. */
export function ApplicationForm({ initial, submit, change, onSubmit, onCancel }: ApplicationFormProps) {
  const form = useForm({
    initialValues: {
      name: initial?.name ?? "",
      scale: initial?.scale ?? 1,
      upgrade: initial?.settings.upgrade ?? USUAL.upgrade,
      model: initial?.settings.model ?? "",
      ramp: initial && initial.settings.ramp.length > 0 ? "steps" : "once",
    },
    validate: {
      name: (name) => (name.trim() ? null : "It needs a name."),
      scale: (scale) => (scale >= 1 && scale <= MOST_WORKERS ? null : `From 1 to ${MOST_WORKERS} workers.`),
    },
  });
  // A ramp that was set over the API stays what it is.
  const ramp = initial && initial.settings.ramp.length > 0 ? initial.settings.ramp : STEPWISE;
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ name, scale, upgrade, model, ramp: chosen }) =>
        onSubmit({
          name: name.trim(),
          scale,
          settings: {
            ...USUAL,
            ...initial?.settings,
            upgrade,
            model: model.trim() || null,
            ramp: chosen === "steps" ? ramp : [],
          },
        }),
      )}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          placeholder="Desk"
          maxLength={300}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <NumberInput
          label="Workers for each version"
          size="xs"
          min={1}
          max={MOST_WORKERS}
          allowDecimal={false}
          {...form.getInputProps("scale")}
        />
        <Radio.Group label="When a new version serves, open books" {...form.getInputProps("upgrade")}>
          <Stack gap={6} mt={6}>
            <Radio size="xs" value="stay" label="stay on the version they began with" />
            <Radio size="xs" value="at_continue_as_new" label="move to it when they are at rest" />
          </Stack>
        </Radio.Group>
        <Radio.Group label="New work goes to it" {...form.getInputProps("ramp")}>
          <Stack gap={6} mt={6}>
            <Radio size="xs" value="once" label="at once" />
            <Radio size="xs" value="steps" label={`in steps: ${rampInWords(ramp)}`} />
          </Stack>
        </Radio.Group>
        <TextInput
          label="Model"
          description="Left empty, the one that the installation uses."
          maxLength={100}
          {...form.getInputProps("model")}
        />
        {change.isError && <ProblemNote error={change.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isPending}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
