import { HoverCard } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { ofPart, ofWhole } from "../anchors";
import { ChartDrawing } from "../ChartDrawing";
import type { Chart } from "../chartScale";
import { unitOf } from "../page";
import { Marked } from "../Marked";
import { SourceCard } from "../SourceCard";
import { useSurroundings } from "../slideContext";
import { ChartTools } from "./ChartTools";
import classes from "./Components.module.css";
import type { ComponentViewProps } from "./ComponentView";

const SHORT = 40;
const MOST_POINTS = 12;

/** A chart with its caption and the sources of its points; drawn as large as its place. */
export function ChartView({ component, onChange }: ComponentViewProps<Chart>) {
  const { citations } = useSurroundings();
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 864, height: 300 });

  useEffect(() => {
    const node = frame.current;
    if (!node) return;
    const watcher = new ResizeObserver(() => {
      const page = node.closest<HTMLElement>("[data-page]");
      const unit = page ? unitOf(page) : 1;
      const width = Math.round(node.clientWidth / unit);
      const height = Math.round(node.clientHeight / unit);
      if (width > 0 && height > 0)
        setSize((before) =>
          before.width === width && before.height === height ? before : { width, height },
        );
    });
    watcher.observe(node);
    return () => watcher.disconnect();
  }, []);

  const name = component.series.length === 1 ? component.series[0]?.name : "";
  const marks = citations.marks(ofWhole(component));
  const caption = [name, component.unit].filter(Boolean).join(", ") || (marks ? "Source" : "");
  const notes = pointNotes(component, (anchor) => citations.marks(ofPart(component, anchor)));
  return (
    <div className={classes["chart"]}>
      <p className={classes["caption"]} data-part="Chart caption">
        {caption} <Marked text={marks} />
      </p>
      <HoverCard openDelay={250} width={340} shadow="md" withinPortal position="top" withRoles={false}>
        <HoverCard.Target>
          <div ref={frame} className={classes["drawing"]} data-part="Chart">
            <ChartDrawing chart={component} width={size.width} height={size.height} />
          </div>
        </HoverCard.Target>
        <HoverCard.Dropdown p="xs">
          <SourceCard refs={component.sources} />
        </HoverCard.Dropdown>
      </HoverCard>
      {onChange && <ChartTools chart={component} onChange={onChange} />}
      {notes && (
        <p className={classes["footnote"]} data-part="Sources">
          <Marked text={notes} />
        </p>
      )}
    </div>
  );
}

/** The sources of the points, below the chart: `FY2023 ¹ · FY2024 ²`. */
function pointNotes(chart: Chart, marksOf: (anchor: string) => string): string {
  const parts = chart.series.flatMap(({ name }, s) => {
    const points = chart.categories.flatMap((category, p) => {
      const marks = marksOf(`s${s}p${p}`);
      return marks ? [`${category.slice(0, SHORT)} ${marks}`] : [];
    });
    if (points.length === 0) return [];
    const lead = chart.series.length > 1 && name ? `${name.slice(0, SHORT)}: ` : "";
    return [lead + points.slice(0, MOST_POINTS).join(" · ") + (points.length > MOST_POINTS ? " …" : "")];
  });
  return parts.join("; ");
}
