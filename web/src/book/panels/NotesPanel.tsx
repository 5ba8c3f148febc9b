import { Text, Textarea } from "@mantine/core";

import classes from "./Panels.module.css";

interface NotesPanelProps {
  notes: string;
  onChange: ((next: string) => void) | null;
}

export function NotesPanel({ notes, onChange }: NotesPanelProps) {
  return (
    <div className={classes["panel"]}>
      {onChange ? (
        <Textarea
          aria-label="Speaker notes"
          placeholder="Notes for whoever presents this slide. They go into the notes of the deck."
          autosize
          minRows={2}
          maxRows={14}
          value={notes}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <Text style={{ whiteSpace: "pre-wrap" }}>{notes || "No notes."}</Text>
      )}
    </div>
  );
}
