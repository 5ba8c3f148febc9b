import { Button } from "@mantine/core";

import { type Impact, impactInWords } from "../data/impact";
import classes from "./Stage.module.css";

interface SaveBarProps {
  isChanged: boolean;
  isValid: boolean;
  impact: Impact;
  onSave: () => void;
  onReset: () => void;
  hint: string;
}

/** Saving an artifact: what it will put up for review is said beforehand. */
export function SaveBar({ isChanged, isValid, impact, onSave, onReset, hint }: SaveBarProps) {
  const words = isChanged ? impactInWords(impact) : null;
  return (
    <div className={classes["save"]}>
      <p data-impact={words !== null} role="status">
        {isChanged ? (words ?? "Kept in this browser until you save.") : hint}
        {isChanged && !isValid && " Something is still empty."}
      </p>
      {isChanged && (
        <Button variant="subtle" color="gray" onClick={onReset}>
          Back to what is saved
        </Button>
      )}
      <Button disabled={!isChanged || !isValid} onClick={onSave}>
        Save
      </Button>
    </div>
  );
}
