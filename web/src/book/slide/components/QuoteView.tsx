import type { Component } from "~/api/types";

import { EditableText } from "../EditableText";
import classes from "./Components.module.css";
import type { ComponentViewProps } from "./ComponentView";

type Quote = Extract<Component, { type: "quote" }>;

export function QuoteView({ component, findings, onChange }: ComponentViewProps<Quote>) {
  const said = component.text
    .trim()
    .replace(/^[“"]+|[”"]+$/g, "")
    .replaceAll("\n", " ");
  return (
    <blockquote className={classes["quote"]}>
      <div data-part="Quote">
        <p>
          <EditableText
            value={component.text}
            shown={`“${said}”`}
            label="Quote"
            isMultiline
            refs={component.sources}
            findings={findings}
            onChange={onChange && ((text) => onChange({ ...component, text }))}
          />
        </p>
        {(onChange ?? component.by) && (
          <footer>
            —{" "}
            <EditableText
              value={component.by}
              label="Who said it"
              marks={false}
              onChange={onChange && ((by) => onChange({ ...component, by }))}
            />
          </footer>
        )}
      </div>
    </blockquote>
  );
}
