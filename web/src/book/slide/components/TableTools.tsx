import {
  IconColumnInsertRight,
  IconColumnRemove,
  IconRowInsertBottom,
  IconRowRemove,
} from "@tabler/icons-react";
import { ActionIcon, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";

import type { Table } from "../tableShape";
import classes from "./Components.module.css";

interface TableToolsProps {
  table: Table;
  onChange: (next: Table) => void;
}

/** Rows and columns at the end: added, taken away. Beside the table while it is pointed at. */
export function TableTools({ table, onChange }: TableToolsProps) {
  const { columns, rows, sources } = table;
  const [lastRow, lastColumn] = [rows.length - 1, columns.length - 1];
  const without = (pattern: RegExp): Table["sources"] =>
    sources.filter(({ anchor }) => anchor == null || !pattern.test(anchor));
  return (
    <div className={classes["tools"]}>
      <Tool
        label="Add a row"
        icon={<IconRowInsertBottom size={14} />}
        run={() => onChange({ ...table, rows: [...rows, columns.map(() => null)] })}
      />
      <Tool
        label="Remove the last row"
        isOff={rows.length <= 1}
        icon={<IconRowRemove size={14} />}
        run={() =>
          onChange({ ...table, rows: rows.slice(0, -1), sources: without(new RegExp(`^r${lastRow}c`)) })
        }
      />
      <Tool
        label="Add a column"
        icon={<IconColumnInsertRight size={14} />}
        run={() => onChange({ ...table, columns: [...columns, ""], rows: rows.map((row) => [...row, null]) })}
      />
      <Tool
        label="Remove the last column"
        isOff={columns.length <= 1}
        icon={<IconColumnRemove size={14} />}
        run={() =>
          onChange({
            ...table,
            columns: columns.slice(0, -1),
            rows: rows.map((row) => row.slice(0, -1)),
            sources: without(new RegExp(`c${lastColumn}$`)),
          })
        }
      />
    </div>
  );
}

function Tool(props: { label: string; icon: ReactNode; run: () => void; isOff?: boolean }) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon size="sm" aria-label={props.label} disabled={props.isOff ?? false} onClick={props.run}>
        {props.icon}
      </ActionIcon>
    </Tooltip>
  );
}
