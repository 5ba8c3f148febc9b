import { Autocomplete, Button, Select } from "@mantine/core";
import { useState } from "react";

import { asKind, type Entity, type Strength, STRENGTHS, USUAL_VERBS } from "./kinds";
import classes from "./Map.module.css";

interface TieFormProps {
  from: Entity;
  others: readonly Entity[];
  onSave: (tie: { to_id: string; kind: string; strength: Strength }) => void;
  onClose: () => void;
}

/** A relationship that begins at this entity: verb, other end, strength. */
export function TieForm({ from, others, onSave, onClose }: TieFormProps) {
  const [verb, setVerb] = useState("");
  const [toId, setToId] = useState<string | null>(null);
  const [strength, setStrength] = useState<Strength>("medium");
  const kind = asKind(verb);
  return (
    <form
      className={classes["form"]}
      aria-label="New relationship"
      onSubmit={(event) => {
        event.preventDefault();
        if (kind && toId) onSave({ to_id: toId, kind, strength });
      }}
    >
      <Autocomplete
        size="xs"
        label={`${from.name} …`}
        placeholder="sells"
        data={USUAL_VERBS}
        value={verb}
        onChange={setVerb}
      />
      <Select
        label="… whom or what"
        data={others.map(({ id, name }) => ({ value: id, label: name }))}
        value={toId}
        onChange={setToId}
        searchable
      />
      <Select
        label="Strength"
        data={[...STRENGTHS]}
        value={strength}
        allowDeselect={false}
        onChange={(next) => next && setStrength(next)}
      />
      <div className={classes["foot"]}>
        <Button type="submit" disabled={!kind || !toId}>
          Add
        </Button>
        <Button variant="subtle" color="gray" onClick={onClose}>
          Close
        </Button>
      </div>
    </form>
  );
}
