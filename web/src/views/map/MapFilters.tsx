import { Chip, Group, MultiSelect, Select } from "@mantine/core";

import type { Filter } from "./graph";
import { type Graph, inWords, KIND_PLURALS, KINDS, type Strength } from "./kinds";
import classes from "./Map.module.css";

export interface Ends {
  from: string | null;
  to: string | null;
}

interface MapFiltersProps {
  graph: Graph;
  filter: Filter;
  onFilter: (next: Filter) => void;
  ends: Ends;
  onEnds: (next: Ends) => void;
}

const LEAST: readonly { value: Strength; label: string }[] = [
  { value: "weak", label: "Any strength" },
  { value: "medium", label: "Medium and strong" },
  { value: "strong", label: "Strong only" },
];

/** What is shown of the map, and between whom a way is looked for. */
export function MapFilters({ graph, filter, onFilter, ends, onEnds }: MapFiltersProps) {
  const verbs = [...new Set(graph.relationships.map(({ kind }) => kind))].sort();
  const everybody = graph.entities.map(({ id, name }) => ({ value: id, label: name }));
  const shown = KINDS.filter((kind) => !filter.without.includes(kind));
  return (
    <div className={classes["filters"]}>
      <Chip.Group
        multiple
        value={shown}
        onChange={(next: string[]) =>
          onFilter({ ...filter, without: KINDS.filter((kind) => !next.includes(kind)) })
        }
      >
        <Group gap={4} role="group" aria-label="Shown on the map">
          {KINDS.map((kind) => (
            <Chip key={kind} value={kind} size="xs" variant="outline" radius="sm">
              {KIND_PLURALS[kind]} {graph.entities.filter((one) => one.kind === kind).length}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <MultiSelect
        aria-label="Kinds of relationships"
        placeholder={filter.verbs.length ? "" : "Every relationship"}
        w={170}
        data={verbs.map((kind) => ({ value: kind, label: inWords(kind) }))}
        value={[...filter.verbs]}
        onChange={(next) => onFilter({ ...filter, verbs: next })}
      />
      <Select
        aria-label="Strength"
        w={140}
        data={LEAST}
        value={filter.least}
        allowDeselect={false}
        onChange={(least) => least && onFilter({ ...filter, least })}
      />
      <Select
        aria-label="Way from"
        placeholder="Way from …"
        w={150}
        data={everybody}
        value={ends.from}
        onChange={(from) => onEnds({ ...ends, from })}
        searchable
        clearable
      />
      <Select
        aria-label="Way to"
        placeholder="… to"
        w={150}
        data={everybody}
        value={ends.to}
        onChange={(to) => onEnds({ ...ends, to })}
        searchable
        clearable
      />
    </div>
  );
}
