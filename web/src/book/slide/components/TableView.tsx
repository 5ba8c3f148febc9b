import { useState } from "react";

import { ofPart, ofWhole } from "../anchors";
import { EditableText } from "../EditableText";
import { cellFrom } from "../figures";
import { shapeOf, type Table } from "../tableShape";
import classes from "./Components.module.css";
import type { ComponentViewProps } from "./ComponentView";
import { Footnote } from "./Footnote";
import { TableTools } from "./TableTools";

export function TableView({ component, findings, onChange }: ComponentViewProps<Table>) {
  const { columns, rows } = component;
  const [typed, setTyped] = useState<{ at: string; text: string } | null>(null);
  const { numeric, isTotal, shown } = shapeOf(component);
  const kind = (column: number): string | undefined => (numeric[column] ? classes["numeric"] : undefined);

  const writeCell = (r: number, c: number, text: string): void => {
    setTyped({ at: `r${r}c${c}`, text });
    const row = (rows[r] ?? []).map((cell, at) => (at === c ? cellFrom(text) : cell));
    onChange?.({ ...component, rows: rows.map((each, at) => (at === r ? row : each)) });
  };

  return (
    <div className={classes["tableFrame"]}>
      <table className={classes["table"]}>
        <thead>
          <tr>
            {columns.map((column, c) => (
              <th key={c} scope="col" className={kind(c)}>
                <EditableText
                  value={column}
                  label={`Heading ${c + 1}`}
                  placeholder=" "
                  onChange={
                    onChange &&
                    ((text) =>
                      onChange({
                        ...component,
                        columns: columns.map((each, at) => (at === c ? text : each)),
                      }))
                  }
                />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r} className={isTotal(r) ? classes["total"] : undefined}>
              {row.map((cell, c) => {
                const anchor = `r${r}c${c}`;
                const isFigure = numeric[c] === true || typeof cell === "number";
                const own = ofPart(component, anchor);
                return (
                  <td key={c} className={kind(c)}>
                    <EditableText
                      value={typed?.at === anchor ? typed.text : String(cell ?? "")}
                      shown={shown(r, c)}
                      label={`${columns[c] ?? ""}, ${String(row[0] ?? `row ${r + 1}`)}`}
                      placeholder=" "
                      isFigure={isFigure}
                      refs={own.length ? own : isFigure ? ofWhole(component) : []}
                      marks={own.length > 0}
                      findings={findings.filter((finding) => finding.anchor === anchor)}
                      onChange={onChange && ((text) => writeCell(r, c, text))}
                      onDone={() => setTyped(null)}
                    />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {onChange && <TableTools table={component} onChange={onChange} />}
      <Footnote refs={ofWhole(component)} />
    </div>
  );
}
