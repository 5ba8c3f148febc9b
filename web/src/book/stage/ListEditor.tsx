import { ActionIcon, Textarea } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useRef } from "react";

import classes from "./Stage.module.css";

interface ListEditorProps {
  label: string;
  items: readonly string[];
  placeholder: string;
  onChange: ((next: string[]) => void) | null;
}

/** A list of sentences: Enter begins the next, Backspace in an empty one takes it away. */
export function ListEditor({ label, items, placeholder, onChange }: ListEditorProps) {
  const list = useRef<HTMLUListElement>(null);
  if (!onChange)
    return (
      <section>
        <h2 className={classes["label"]}>{label}</h2>
        <ul className={classes["plainList"]}>
          {items.map((item, at) => (
            <li key={at}>{item}</li>
          ))}
        </ul>
      </section>
    );

  const shown = items.length ? items : [""];
  const focus = (at: number): void =>
    void setTimeout(() => list.current?.querySelectorAll("textarea")[at]?.focus());
  const write = (at: number, text: string): void =>
    onChange(shown.map((item, place) => (place === at ? text : item)));
  const insert = (at: number): void => {
    onChange([...shown.slice(0, at), "", ...shown.slice(at)]);
    focus(at);
  };
  const remove = (at: number): void => {
    onChange(shown.filter((_, place) => place !== at));
    focus(Math.max(0, at - 1));
  };

  return (
    <section>
      <h2 className={classes["label"]}>{label}</h2>
      <ul ref={list} className={classes["list"]}>
        {shown.map((item, at) => (
          <li key={at}>
            <Textarea
              aria-label={`${label} ${at + 1}`}
              placeholder={placeholder}
              autosize
              minRows={1}
              value={item}
              onChange={(event) => write(at, event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && !event.shiftKey && !event.metaKey && !event.ctrlKey) {
                  event.preventDefault();
                  insert(at + 1);
                } else if (event.key === "Backspace" && item === "" && shown.length > 1) {
                  event.preventDefault();
                  remove(at);
                }
              }}
            />
            <ActionIcon aria-label={`Remove ${label.toLowerCase()} ${at + 1}`} onClick={() => remove(at)}>
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </section>
  );
}
