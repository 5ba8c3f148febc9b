import type { Component } from "~/api/types";

import { EditableText } from "../EditableText";
import classes from "./Components.module.css";
import type { ComponentViewProps } from "./ComponentView";

type Text = Extract<Component, { type: "text" }>;

export function TextView({ component, findings, onChange }: ComponentViewProps<Text>) {
  return (
    <div className={classes["text"]} data-part="Text">
      <EditableText
        value={component.text}
        label="Text"
        isMultiline
        refs={component.sources}
        findings={findings}
        onChange={onChange && ((text) => onChange({ ...component, text }))}
      />
    </div>
  );
}
