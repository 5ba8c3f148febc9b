import { type CSSProperties, useRef } from "react";

import type { Component, Finding } from "~/api/types";

import { ComponentView } from "./components/ComponentView";
import { arrange, type Group, metricColumns } from "./layout";
import { BODY_HEIGHT } from "./page";
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

  const group = ({ components: placed, isMetrics }: Group, key: number) => {
    const views = placed.map(({ component, at }) => (
      <ComponentView
        key={component.id || at}
        component={component}
        findings={findings.filter(
          ({ component_id }) =>
            component_id === component.id || (component_id === "" && component.type !== "chart"),
        )}
        onChange={onChange && ((next: Component) => write(at, next))}
      />
    ));
    if (!isMetrics) return views;
    const style = { "--columns": metricColumns(placed.length) } as CSSProperties;
    return (
      <div key={key} className={classes["metrics"]} style={style}>
        {views}
      </div>
    );
  };

  return (
    <>
      <div
        ref={frame}
        className={`${classes["body"] ?? ""} ${body.layout_type === "quote" ? (classes["lowered"] ?? "") : ""}`}
        data-body
      >
        {arrangement.is === "stack" ? (
          arrangement.groups.map(group)
        ) : (
          <div className={arrangement.isVisualLeft ? classes["beside"] : classes["columns"]}>
            <div className={classes["column"]}>{arrangement.left.map(group)}</div>
            <div className={classes["column"]}>{arrangement.right.map(group)}</div>
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
