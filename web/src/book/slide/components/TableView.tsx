import { type CSSProperties, useState } from "react";

import { ofPart, ofWhole } from "../anchors";
import { EditableText } from "../EditableText";
import { cellFrom } from "../figures";
import { useFonts } from "../letters";
import { SCALES } from "../page";
import { useSurroundings } from "../slideContext";
import { shapeOf, type Table } from "../tableShape";
import { shares } from "../tableWidths";
import classes from "./Components.module.css";
import type { ComponentViewProps } from "./ComponentView";
import { Footnote } from "./Footnote";
import { TableTools } from "./TableTools";

export function TableView({ component, room, findings, onChange }: ComponentViewProps<Table>) {
  const { citations, isReflowed } = useSurroundings();
  const { columns, rows } = component;
  useFonts();
  const [typed, setTyped] = useState<{ at: string; text: string } | null>(null);
  const { numeric, isTotal, shown } = shapeOf(component);
  // Figures stand below each other: what has no marks leaves room for them.
  const anchors = component.sources.flatMap(({ anchor }) => (anchor ? [anchor] : []));
  const marksOf = (anchor: string): string => citations.marks(ofPart(component, anchor));
  const slot = Math.max(0, ...anchors.map((anchor) => marksOf(anchor).length * 0.34 + 0.25));
  const shape = {
    texts: columns.map((column, c) => [column, ...rows.map((_, r) => shown(r, c))]),
    marks: anchors.map(marksOf),
    numeric,
    room,
  };
  const widths = isReflowed ? [] : SCALES.map((scale) => shares(shape, scale));
  const kind = (column: number): string | undefined => (numeric[column] ? classes["numeric"] : undefined);

  const writeCell = (r: number, c: number, text: string): void => {
    setTyped({ at: `r${r}c${c}`, text });
    const row = (rows[r] ?? []).map((cell, at) => (at === c ? cellFrom(text) : cell));
    onChange?.({ ...component, rows: rows.map((each, at) => (at === r ? row : each)) });
  };

  return (
    <div className={classes["tableFrame"]}>
      <table
        className={classes["table"]}
        data-part="Table"
        style={{ "--slot": `${slot}em` } as CSSProperties}
      >
        {!isReflowed && (
          <colgroup>
            {columns.map((_, c) => (
              <col key={c} data-widths={widths.map((each) => each[c]).join(" ")} />
            ))}
          </colgroup>
        )}
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
                  <td key={c} className={kind(c)} data-marked={own.length > 0}>
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
      <Footnote refs={ofWhole(component)} isApart />
    </div>
  );
}
