import { type CSSProperties, useRef } from "react";

import type { Component, Finding } from "~/api/types";

import { ComponentView } from "./components/ComponentView";
import { arrange, type Group, metricColumns } from "./layout";
import { BESIDE_SHARE, BODY_HEIGHT, BODY_WIDTH, COLUMN_GAP, METRIC_GAP } from "./page";
import classes from "./SlidePage.module.css";
import type { SlideBody } from "./slideBody";
import { useFit } from "./useFit";

interface SlideBodyViewProps {
  body: SlideBody;
  findings: readonly Finding[];
  onChange: ((next: readonly Component[]) => void) | null;
  /** In points. */
  room: number;
}

export function SlideBodyView({ body, findings, onChange, room }: SlideBodyViewProps) {
  const frame = useRef<HTMLDivElement>(null);
  const tall = useFit(frame, body, room);
  const { components } = body;
  const write = (at: number, next: Component): void =>
    onChange?.(components.map((each, place) => (place === at ? next : each)));
  const arrangement = arrange(body.layout_type, components);

  const group =
    (wide: number) =>
    ({ components: placed, isMetrics }: Group, key: number) => {
      const many = isMetrics ? metricColumns(placed.length) : 1;
      const views = placed.map(({ component, at }) => (
        <ComponentView
          key={component.id || at}
          component={component}
          room={(wide - METRIC_GAP * (many - 1)) / many}
          findings={findings.filter(
            ({ component_id }) =>
              component_id === component.id || (component_id === "" && component.type !== "chart"),
          )}
          onChange={onChange && ((next: Component) => write(at, next))}
        />
      ));
      if (!isMetrics) return views;
      const style = { "--columns": many } as CSSProperties;
      return (
        <div key={key} className={classes["metrics"]} style={style}>
          {views}
        </div>
      );
    };

  const share = arrangement.is === "columns" && arrangement.isVisualLeft ? BESIDE_SHARE : 0.5;
  const left = (BODY_WIDTH - COLUMN_GAP) * share;
  const right = BODY_WIDTH - COLUMN_GAP - left;

  return (
    <>
      <div
        ref={frame}
        className={`${classes["body"] ?? ""} ${body.layout_type === "quote" ? (classes["lowered"] ?? "") : ""}`}
        data-body
      >
        {arrangement.is === "stack" ? (
          arrangement.groups.map(group(BODY_WIDTH))
        ) : (
          <div className={arrangement.isVisualLeft ? classes["beside"] : classes["columns"]}>
            <div className={classes["column"]}>{arrangement.left.map(group(left))}</div>
            <div className={classes["column"]}>{arrangement.right.map(group(right))}</div>
          </div>
        )}
      </div>
      {tall !== null && (
        <p className={classes["break"]} style={{ top: `calc(${106 + BODY_HEIGHT} * var(--u))` }}>
          From about here on the next page when exported
        </p>
      )}
    </>
  );
}
