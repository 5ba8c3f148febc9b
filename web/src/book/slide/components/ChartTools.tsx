import { ActionIcon, Button, Group, Popover, SegmentedControl, TextInput, Tooltip } from "@mantine/core";
import { IconTableOptions } from "@tabler/icons-react";
import { useState } from "react";

import type { Chart } from "../chartScale";
import { cellFrom } from "../figures";
import classes from "./Components.module.css";

const KINDS = [
  { value: "bar", label: "Bars" },
  { value: "stacked_bar", label: "Stacked" },
  { value: "line", label: "Lines" },
  { value: "pie", label: "Pie" },
];
const MOST_CATEGORIES = 200;
const MOST_SERIES = 20;

interface ChartToolsProps {
  chart: Chart;
  onChange: (next: Chart) => void;
}

/** What a chart is drawn from: its kind, unit, categories and figures, changed while the chart follows. */
export function ChartTools({ chart, onChange }: ChartToolsProps) {
  return (
    <div className={classes["tools"]} data-tools>
      <Popover position="bottom-end" shadow="md" withinPortal trapFocus>
        <Popover.Target>
          <Tooltip label="Edit the data">
            <ActionIcon size="sm" aria-label="Edit the data">
              <IconTableOptions size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown aria-label="Data of the chart" className={classes["data"] ?? ""}>
          <ChartData chart={chart} onChange={onChange} />
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}

function ChartData({ chart, onChange }: ChartToolsProps) {
  const { kind, unit, categories, series, sources } = chart;
  const writeSeries = (at: number, next: Partial<Chart["series"][number]>): void =>
    onChange({ ...chart, series: series.map((each, s) => (s === at ? { ...each, ...next } : each)) });
  const lastPoint = new RegExp(`p${categories.length - 1}$`);
  const lastSeries = new RegExp(`^s${series.length - 1}p`);
  const without = (pattern: RegExp): Chart["sources"] =>
    sources.filter(({ anchor }) => anchor == null || !pattern.test(anchor));

  return (
    <>
      <Group gap={8} align="flex-end">
        <SegmentedControl
          aria-label="Kind of chart"
          data={KINDS}
          value={kind}
          onChange={(next) => onChange({ ...chart, kind: next as Chart["kind"] })}
        />
        <TextInput
          label="Unit"
          value={unit}
          onChange={(event) => onChange({ ...chart, unit: event.currentTarget.value })}
        />
      </Group>
      <div className={classes["dataScroll"]}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Category</span>
              </th>
              {series.map(({ name }, s) => (
                <th key={s} scope="col">
                  <TextInput
                    aria-label={`Name of series ${s + 1}`}
                    placeholder={`Series ${s + 1}`}
                    value={name}
                    onChange={(event) => writeSeries(s, { name: event.currentTarget.value })}
                  />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {categories.map((category, p) => (
              <tr key={p}>
                <th scope="row">
                  <TextInput
                    aria-label={`Category ${p + 1}`}
                    value={category}
                    onChange={(event) => {
                      const text = event.currentTarget.value;
                      onChange({
                        ...chart,
                        categories: categories.map((each, at) => (at === p ? text : each)),
                      });
                    }}
                  />
                </th>
                {series.map(({ name, values }, s) => (
                  <td key={s}>
                    <Point
                      label={`${name || `Series ${s + 1}`}, ${category || `category ${p + 1}`}`}
                      value={values[p] ?? null}
                      onChange={(value) =>
                        writeSeries(s, {
                          values: categories.map((_, at) => (at === p ? value : (values[at] ?? null))),
                        })
                      }
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Group gap={6}>
        <Button
          variant="default"
          disabled={categories.length >= MOST_CATEGORIES}
          onClick={() =>
            onChange({
              ...chart,
              categories: [...categories, ""],
              series: series.map((each) => ({ ...each, values: [...each.values, null] })),
            })
          }
        >
          Add a category
        </Button>
        <Button
          variant="subtle"
          color="gray"
          disabled={categories.length <= 1}
          onClick={() =>
            onChange({
              ...chart,
              categories: categories.slice(0, -1),
              series: series.map((each) => ({
                ...each,
                values: each.values.slice(0, categories.length - 1),
              })),
              sources: without(lastPoint),
            })
          }
        >
          Remove the last
        </Button>
        <Button
          variant="default"
          disabled={series.length >= MOST_SERIES}
          onClick={() =>
            onChange({ ...chart, series: [...series, { name: "", values: categories.map(() => null) }] })
          }
        >
          Add a series
        </Button>
        <Button
          variant="subtle"
          color="gray"
          disabled={series.length <= 1}
          onClick={() => onChange({ ...chart, series: series.slice(0, -1), sources: without(lastSeries) })}
        >
          Remove the last
        </Button>
      </Group>
    </>
  );
}

interface PointProps {
  label: string;
  value: number | null;
  onChange: (next: number | null) => void;
}

/** One figure of a chart; what is no number is not taken over, and says so. */
function Point({ label, value, onChange }: PointProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const read = typed === null ? value : cellFrom(typed);
  return (
    <TextInput
      aria-label={label}
      inputMode="decimal"
      error={typeof read === "string" ? "Not a number" : null}
      value={typed ?? String(value ?? "")}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const next = cellFrom(text);
        if (typeof next !== "string") onChange(next);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
