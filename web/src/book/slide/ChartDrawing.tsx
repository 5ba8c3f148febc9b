import { memo, type ReactNode } from "react";

import {
  axisOf,
  type Chart,
  decimalsShown,
  drawnKind,
  labelsFit,
  LEAST_STACK_SHARE,
  widthOf,
  writtenBelow,
} from "./chartScale";
import { decimalsOf, figure } from "./figures";
import { useFonts } from "./letters";
import { CHART_SIZE, COLOURS, labelColour, seriesColour } from "./page";

interface DrawingProps {
  chart: Chart;
  width: number;
  height: number;
}

const LEGEND_ROW = 16;
const LABEL_ROOM = 26;

/** A chart as the export draws it: the same bars, lines, colours and figures, in points. */
export const ChartDrawing = memo(function ChartDrawing({ chart, width, height }: DrawingProps) {
  useFonts();
  const label = `${chart.kind.replace("_", " ")} chart: ${chart.series
    .map(({ name, values }) => {
      const points = chart.categories.map((category, at) => `${category} ${values[at] ?? "–"}`);
      return [name, points.join(", ")].filter(Boolean).join(": ");
    })
    .join("; ")}`;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width="100%" height="100%" role="img" aria-label={label}>
      <g fontSize={CHART_SIZE} fontFamily='"Source Sans Pro", sans-serif' fill={COLOURS.ink}>
        {drawnKind(chart) === "pie" ? (
          <Pie chart={chart} width={width} height={height} />
        ) : (
          <Axes chart={chart} width={width} height={height} />
        )}
      </g>
    </svg>
  );
});

function Legend({ names, width, height }: { names: string[]; width: number; height: number }) {
  const rows: { at: number; name: string; room: number }[][] = [[]];
  let used = 0;
  names.forEach((name, at) => {
    const room = widthOf(name) + 30;
    if (used > 0 && used + room > width) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push({ at, name, room });
    used += room;
  });
  return rows.slice(0, 4).map((row, place) => {
    let x = Math.max((width - row.reduce((sum, { room }) => sum + room, 0)) / 2, 0);
    const y = height - (Math.min(rows.length, 4) - place) * LEGEND_ROW + 2;
    return row.map(({ at, name, room }) => {
      const left = x;
      x += room;
      return (
        <g key={at}>
          <rect x={left} y={y} width={9} height={9} fill={seriesColour(at)} />
          <text x={left + 14} y={y + 8.5}>
            {name}
          </text>
        </g>
      );
    });
  });
}

const legendHeight = (names: string[], width: number): number => {
  const rows = Math.ceil(names.reduce((sum, name) => sum + widthOf(name) + 30, 0) / width);
  return Math.min(rows, 4) * LEGEND_ROW + 4;
};

function Pie({ chart, width, height }: DrawingProps) {
  const values = chart.series[0]?.values ?? [];
  const foot = legendHeight(chart.categories, width);
  const radius = Math.max(Math.min(width - 140, height - foot - 44) / 2, 20);
  const [x, y] = [width / 2, (height - foot) / 2];
  const total = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const decimals = decimalsShown(chart);
  let start = -Math.PI / 2;
  const wedges: ReactNode[] = [];
  values.forEach((value, at) => {
    if (!value) return;
    const sweep = (2 * Math.PI * value) / total;
    const end = start + Math.min(sweep, 2 * Math.PI - 0.0001);
    const point = (angle: number, out: number): string =>
      `${x + out * Math.cos(angle)} ${y + out * Math.sin(angle)}`;
    const middle = start + sweep / 2;
    const side = Math.cos(middle) > 0.2 ? "start" : Math.cos(middle) < -0.2 ? "end" : "middle";
    wedges.push(
      <g key={at}>
        <path
          d={`M ${x} ${y} L ${point(start, radius)} A ${radius} ${radius} 0 ${sweep > Math.PI ? 1 : 0} 1 ${point(end, radius)} Z`}
          fill={seriesColour(at)}
          stroke={COLOURS.paper}
        />
        <text
          x={x + (radius + 8) * Math.cos(middle)}
          y={y + (radius + 8) * Math.sin(middle) + CHART_SIZE * 0.35}
          textAnchor={side}
        >
          {figure(value, decimals)}
        </text>
      </g>,
    );
    start += sweep;
  });
  return (
    <>
      {wedges}
      <Legend names={chart.categories} width={width} height={height} />
    </>
  );
}

interface Area {
  x: number;
  top: number;
  w: number;
  h: number;
  each: number;
  at: (value: number) => number;
  middle: (point: number) => number;
  write: (value: number) => string;
  labels: boolean;
  span: number;
}

function Axes({ chart, width, height }: DrawingProps) {
  const decimals = decimalsShown(chart);
  const labels = labelsFit(chart, decimals, width);
  const names = chart.series.map(({ name }, at) => name || `Series ${at + 1}`);
  const foot = names.length > 1 ? legendHeight(names, width) : 0;
  const { low, high, step } = axisOf(chart, labels);
  const places = decimalsOf(Number(step.toPrecision(12)));
  const left = labels ? 0 : Math.max(...[low, high].map((value) => widthOf(figure(value, places)))) + 10;
  const count = chart.categories.length;
  const every = Math.max(1, Math.ceil(LABEL_ROOM / ((width - left) / count)));
  const lines = chart.categories.map((category, at) =>
    at % every ? [] : brokenTo(category, ((width - left) / count) * every - 6),
  );
  const under = Math.max(...lines.map((each) => each.length)) * CHART_SIZE * 1.2 + 8;
  const top = CHART_SIZE + 4;
  const h = Math.max(height - foot - under - top, 30);
  const w = width - left;
  const area: Area = {
    x: left,
    top,
    w,
    h,
    each: w / count,
    at: (value) => top + h - ((value - low) / (high - low || 1)) * h,
    middle: (point) => left + (w / count) * (point + 0.5),
    write: (value) => figure(value, decimals),
    labels,
    span: high - low || 1,
  };
  const grid = labels
    ? []
    : Array.from({ length: Math.round((high - low) / step) + 1 }, (_, at) => low + at * step);
  return (
    <>
      {grid.map((value) => (
        <g key={value}>
          <line
            x1={left}
            x2={width}
            y1={area.at(value)}
            y2={area.at(value)}
            stroke={COLOURS.line}
            strokeWidth={0.5}
          />
          <text x={left - 6} y={area.at(value) + CHART_SIZE * 0.35} textAnchor="end" fill={COLOURS.muted}>
            {figure(Number(value.toPrecision(12)), places)}
          </text>
        </g>
      ))}
      <Marks chart={chart} area={area} />
      <line x1={left} x2={width} y1={area.at(0)} y2={area.at(0)} stroke={COLOURS.line} strokeWidth={0.9} />
      {lines.map((each, point) =>
        each.map((line, at) => (
          <text
            key={`${point} ${at}`}
            x={area.middle(point)}
            y={top + h + 6 + (at + 0.8) * CHART_SIZE * 1.2}
            textAnchor="middle"
          >
            {line}
          </text>
        )),
      )}
      {names.length > 1 && <Legend names={names} width={width} height={height} />}
    </>
  );
}

function Marks({ chart, area }: { chart: Chart; area: Area }) {
  switch (drawnKind(chart)) {
    case "line":
      return <Lines chart={chart} area={area} />;
    case "stacked_bar":
      return <Stacks chart={chart} area={area} />;
    default:
      return <Bars chart={chart} area={area} />;
  }
}

function Bars({ chart, area }: { chart: Chart; area: Area }) {
  const many = chart.series.length;
  const wide = area.each / (many + 0.7);
  return chart.series.map(({ values }, s) =>
    values.map((value, p) => {
      if (value === null) return null;
      const x = area.middle(p) + (s - many / 2) * wide;
      const [head, foot] = [Math.min(area.at(0), area.at(value)), Math.max(area.at(0), area.at(value))];
      return (
        <g key={`${s} ${p}`}>
          <rect
            x={x + wide * 0.03}
            y={head}
            width={wide * 0.94}
            height={foot - head}
            fill={seriesColour(s)}
          />
          {area.labels && (
            <text x={x + wide / 2} y={value >= 0 ? head - 4 : foot + CHART_SIZE} textAnchor="middle">
              {area.write(value)}
            </text>
          )}
        </g>
      );
    }),
  );
}

function Stacks({ chart, area }: { chart: Chart; area: Area }) {
  const wide = area.each / 1.6;
  return chart.categories.map((_, p) => {
    let [up, down] = [0, 0];
    return chart.series.map(({ values }, s) => {
      const value = values[p];
      if (!value) return null;
      const base = value > 0 ? up : down;
      if (value > 0) up += value;
      else down += value;
      const [head, foot] = [area.at(base), area.at(base + value)].sort((one, other) => one - other) as [
        number,
        number,
      ];
      return (
        <g key={`${s} ${p}`}>
          <rect
            x={area.middle(p) - wide / 2}
            y={head}
            width={wide}
            height={foot - head}
            fill={seriesColour(s)}
          />
          {area.labels && foot - head >= LEAST_STACK_SHARE * area.h && (
            <text
              x={area.middle(p)}
              y={(head + foot) / 2 + CHART_SIZE * 0.35}
              textAnchor="middle"
              fill={labelColour(seriesColour(s))}
            >
              {area.write(value)}
            </text>
          )}
        </g>
      );
    });
  });
}

function Lines({ chart, area }: { chart: Chart; area: Area }) {
  return chart.series.map(({ values }, s) => {
    const stretches: string[][] = [[]];
    values.forEach((value, p) => {
      if (value === null) stretches.push([]);
      else stretches.at(-1)?.push(`${area.middle(p)},${area.at(value)}`);
    });
    return (
      <g key={s}>
        {stretches
          .filter((stretch) => stretch.length > 1)
          .map((stretch) => (
            <polyline
              key={stretch[0]}
              points={stretch.join(" ")}
              fill="none"
              stroke={seriesColour(s)}
              strokeWidth={2.25}
            />
          ))}
        {values.map((value, p) =>
          value === null ? null : (
            <g key={p}>
              <circle cx={area.middle(p)} cy={area.at(value)} r={3} fill={seriesColour(s)} />
              {area.labels && (
                <text
                  x={area.middle(p)}
                  y={area.at(value) + (writtenBelow(chart, s, p) ? CHART_SIZE + 5 : -7)}
                  textAnchor="middle"
                >
                  {area.write(value)}
                </text>
              )}
            </g>
          ),
        )}
      </g>
    );
  });
}

/** A label broken to the room it has, in at most three lines. */
function brokenTo(text: string, room: number): string[] {
  const lines: string[] = [""];
  for (const word of text.slice(0, 40).split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last && widthOf(`${last} ${word}`) > room) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines.length <= 3 ? lines : [...lines.slice(0, 2), `${(lines[2] ?? "").slice(0, -1)}…`];
}
