import { Menu, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Slide } from "~/api/types";

import { PART_NAMES, type Point } from "./story";
import classes from "./Story.module.css";

export interface Column {
  key: string;
  title: string;
  /** Whether the slide belongs here. */
  holds: (slide: Slide) => boolean;
  /** Whether the point itself names it, without a slide. */
  isNamedBy?: (point: Point) => boolean;
}

interface CarriedTableProps {
  cimId: string;
  label: string;
  points: readonly Point[];
  columns: readonly Column[];
  /** What an empty column means, where it means something. */
  emptyColumn?: string;
}

/** Each point of the thesis with how many slides carry it in each column; what nothing carries is marked. */
export function CarriedTable({ cimId, label, points, columns, emptyColumn }: CarriedTableProps) {
  const isEmpty = ({ holds }: Column): boolean => !points.some(({ slides }) => slides.some(holds));
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be scrolled by key
    <div className={classes["wide"]} role="region" aria-label={label} tabIndex={0}>
      <table className={classes["table"]}>
        <thead>
          <tr>
            <th scope="col">Thesis</th>
            {columns.map((column) => (
              <th key={column.key} scope="col" data-hole={(emptyColumn && isEmpty(column)) || undefined}>
                {column.title}
                {emptyColumn && isEmpty(column) && <span className={classes["part"]}>{emptyColumn}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={`${point.part} ${point.text}`}>
              <th scope="row" data-hole={point.slides.length === 0 || undefined}>
                <span className={classes["part"]}>
                  {PART_NAMES[point.part]}
                  {point.slides.length === 0 && ": no slide carries this"}
                </span>
                {point.text}
              </th>
              {columns.map(({ key, title, holds, isNamedBy }) => (
                <td key={key}>
                  <Count
                    cimId={cimId}
                    title={`${point.text}, ${title}`}
                    slides={point.slides.filter(holds)}
                    isNamed={isNamedBy?.(point) ?? false}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CountProps {
  cimId: string;
  title: string;
  slides: readonly Slide[];
  isNamed: boolean;
}

function Count({ cimId, title, slides, isNamed }: CountProps) {
  if (slides.length === 0) return isNamed ? <span title="The thesis names it">named</span> : <span>–</span>;
  return (
    <Menu position="bottom" width={320}>
      <Menu.Target>
        <UnstyledButton
          className={classes["count"]}
          aria-label={`${slides.length === 1 ? "1 slide" : `${slides.length} slides`}: ${title}`}
        >
          {slides.length}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {slides.map((slide) => (
          <Menu.Item
            key={slide.id}
            renderRoot={(props: object) => (
              <Link {...props} to="/app/books/$cimId/slides/$slideId" params={{ cimId, slideId: slide.id }} />
            )}
          >
            {slide.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
