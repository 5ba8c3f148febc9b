import type { Component, Finding } from "~/api/types";

import { BulletsView } from "./BulletsView";
import { ChartView } from "./ChartView";
import { ImageView } from "./ImageView";
import { MetricView } from "./MetricView";
import { QuoteView } from "./QuoteView";
import { TableView } from "./TableView";
import { TextView } from "./TextView";

export interface ComponentViewProps<C extends Component = Component> {
  component: C;
  /** How wide its place is, in points. */
  room: number;
  findings: readonly Finding[];
  onChange: ((next: C) => void) | null;
}

export function ComponentView({ component, room, findings, onChange }: ComponentViewProps) {
  const props = { room, findings, onChange };
  switch (component.type) {
    case "text":
      return <TextView component={component} {...props} />;
    case "bullets":
      return <BulletsView component={component} {...props} />;
    case "table":
      return <TableView component={component} {...props} />;
    case "chart":
      return <ChartView component={component} {...props} />;
    case "metric":
      return <MetricView component={component} {...props} />;
    case "quote":
      return <QuoteView component={component} {...props} />;
    case "image":
      return <ImageView component={component} {...props} />;
  }
}
