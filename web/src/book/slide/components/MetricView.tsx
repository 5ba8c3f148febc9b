import { useState } from "react";

import type { Component } from "~/api/types";

import { EditableText } from "../EditableText";
import { cellFrom, figure, NOTHING, withUnit } from "../figures";
import { useFonts, widthOf } from "../letters";
import classes from "./Components.module.css";
import type { ComponentViewProps } from "./ComponentView";

type Metric = Extract<Component, { type: "metric" }>;

const LARGEST = 34;
const LEAST = 15;

export function MetricView({ component, room, findings, onChange }: ComponentViewProps<Metric>) {
  const { label, value, unit, period } = component;
  const [typed, setTyped] = useState<string | null>(null);
  useFonts();
  const plain = typeof value === "number" ? figure(value, undefined, `${label} ${unit}`) : value;
  const [shown, rest] = withUnit(plain || NOTHING, unit);
  const fitting = room / Math.max(widthOf(shown, 1, "serif"), 0.01);
  const size = `max(${LEAST}, min(${LARGEST} * var(--scale, 1), ${fitting.toFixed(2)}))`;
  return (
    <div className={classes["metric"]}>
      <p
        className={classes["metricValue"]}
        style={{ fontSize: `calc(${size} * var(--u))` }}
        data-part="Metric"
      >
        <EditableText
          value={typed ?? String(value)}
          shown={shown}
          label={`Figure: ${label}`}
          isFigure
          marks={false}
          refs={component.sources}
          findings={findings}
          onChange={
            onChange &&
            ((text) => {
              setTyped(text);
              onChange({ ...component, value: cellFrom(text) ?? "" });
            })
          }
          onDone={() => setTyped(null)}
        />
      </p>
      <div className={classes["metricWords"]} data-part="Metric label">
        <p className={classes["metricLabel"]}>
          <EditableText
            value={label}
            label="Label"
            refs={component.sources}
            onChange={onChange && ((text) => onChange({ ...component, label: text }))}
          />
        </p>
        <p className={classes["metricNote"]}>
          {onChange ? (
            <>
              <EditableText
                value={unit}
                shown={rest}
                label="Unit"
                onChange={(text) => onChange({ ...component, unit: text })}
              />
              <span data-between={Boolean(rest && period)}> · </span>
              <EditableText
                value={period}
                label="Period"
                onChange={(text) => onChange({ ...component, period: text })}
              />
            </>
          ) : (
            [rest, period].filter(Boolean).join(" · ")
          )}
        </p>
      </div>
    </div>
  );
}
