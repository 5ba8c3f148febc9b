import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useRef } from "react";

import { useActions } from "~/lib/keys/actions";

import classes from "./Around.module.css";

interface FindProps {
  label: string;
  value: string;
  onChange: (words: string) => void;
}

/** Words to find rows by; `f` goes there. */
export function Find({ label, value, onChange }: FindProps) {
  const field = useRef<HTMLInputElement>(null);
  useActions([
    { id: `find-${label}`, title: label, group: "Page", keys: "f", run: () => field.current?.focus() },
  ]);
  return (
    <TextInput
      ref={field}
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={14} aria-hidden />}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      className={classes["grow"] ?? ""}
    />
  );
}
