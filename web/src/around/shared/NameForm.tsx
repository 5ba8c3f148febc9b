import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";

import { ProblemNote } from "~/app/ProblemNote";

interface NameFormProps {
  label: string;
  placeholder?: string;
  initial?: string;
  submit: string;
  change: { isPending: boolean; isError: boolean; error: unknown };
  onSubmit: (name: string) => void;
  onCancel?: () => void;
}

/** A name, given or changed. */
export function NameForm(props: NameFormProps) {
  const { label, placeholder, initial = "", submit, change, onSubmit, onCancel } = props;
  const form = useForm({
    initialValues: { name: initial },
    validate: { name: (name) => (name.trim() ? null : "It needs a name.") },
  });
  return (
    <form onSubmit={form.onSubmit(({ name }) => onSubmit(name.trim()))} noValidate>
      <Stack gap="sm">
        <TextInput
          label={label}
          placeholder={placeholder}
          maxLength={300}
          data-autofocus
          {...form.getInputProps("name")}
        />
        {change.isError && <ProblemNote error={change.error} />}
        <Group justify="flex-end">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button type="submit" loading={change.isPending}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
