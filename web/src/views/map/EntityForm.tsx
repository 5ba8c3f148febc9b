import { ActionIcon, Button, Select, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";

import { useKeptDraft } from "~/book/stage/useKeptDraft";

import { type Entity, type EntityKind, KIND_NAMES, KINDS } from "./kinds";
import classes from "./Map.module.css";

export interface EntityFields {
  kind: EntityKind;
  name: string;
  description: string;
  aliases: string;
  attributes: readonly { name: string; value: string }[];
}

const EMPTY: EntityFields = { kind: "company", name: "", description: "", aliases: "", attributes: [] };

export function fieldsOf({ kind, name, description, aliases, attributes }: Entity): EntityFields {
  return {
    kind,
    name,
    description,
    aliases: aliases.join(", "),
    attributes: Object.entries(attributes ?? {}).map(([key, value]) => ({ name: key, value })),
  };
}

interface EntityFormProps {
  /** Under which what is typed is kept until it is saved. */
  keptAs: string;
  entity: Entity | null;
  onSave: (fields: EntityFields) => void;
  onClose: () => void;
}

/** What is known of something, to be changed; kept at every key press until it is saved. */
export function EntityForm({ keptAs, entity, onSave, onClose }: EntityFormProps) {
  const { value, set, isChanged, reset } = useKeptDraft(keptAs, entity ? fieldsOf(entity) : EMPTY);
  const isValid = value.name.trim() !== "";
  const save = (): void => {
    if (!isValid) return;
    onSave(value);
    reset();
  };
  const attribute = (at: number, more: Partial<EntityFields["attributes"][number]>): void =>
    set({
      ...value,
      attributes: value.attributes.map((one, place) => (place === at ? { ...one, ...more } : one)),
    });
  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextInput
        label="Name"
        value={value.name}
        ref={entity ? undefined : focusOnce}
        onChange={(event) => set({ ...value, name: event.currentTarget.value })}
      />
      <Select
        label="Kind"
        data={KINDS.map((kind) => ({ value: kind, label: KIND_NAMES[kind] }))}
        value={value.kind}
        allowDeselect={false}
        onChange={(kind) => kind && set({ ...value, kind })}
      />
      <Textarea
        label="What it is"
        autosize
        minRows={2}
        value={value.description}
        onChange={(event) => set({ ...value, description: event.currentTarget.value })}
      />
      <TextInput
        label="Other names, with commas between"
        value={value.aliases}
        onChange={(event) => set({ ...value, aliases: event.currentTarget.value })}
      />
      {value.attributes.map((one, at) => (
        <div key={at} className={classes["pair"]}>
          <TextInput
            aria-label={`Property ${at + 1}`}
            placeholder="Seat"
            value={one.name}
            onChange={(event) => attribute(at, { name: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`Value of property ${at + 1}`}
            placeholder="San Diego"
            value={one.value}
            onChange={(event) => attribute(at, { value: event.currentTarget.value })}
          />
          <ActionIcon
            aria-label={`Remove property ${at + 1}`}
            onClick={() => set({ ...value, attributes: value.attributes.filter((_, place) => place !== at) })}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => set({ ...value, attributes: [...value.attributes, { name: "", value: "" }] })}
        >
          Property
        </Button>
      </div>
      <div className={classes["foot"]}>
        <Button type="submit" disabled={!isValid || (!isChanged && entity !== null)}>
          Save
        </Button>
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            reset();
            onClose();
          }}
        >
          {isChanged ? "Back to what is saved" : "Close"}
        </Button>
      </div>
      {isChanged && <p className={classes["quiet"]}>Kept in this browser until you save.</p>}
    </form>
  );
}

function focusOnce(node: HTMLInputElement | null): void {
  node?.focus();
}
