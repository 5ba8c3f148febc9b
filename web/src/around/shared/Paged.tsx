import { Pagination } from "@mantine/core";
import { type ReactNode, useState } from "react";

import classes from "./Around.module.css";

const AT_ONCE = 50;

interface PagedProps<T> {
  rows: readonly T[];
  children: (rows: readonly T[]) => ReactNode;
  atOnce?: number;
}

/** A long list in pages. What is found anew begins at its first page. */
export function Paged<T>({ rows, children, atOnce = AT_ONCE }: PagedProps<T>) {
  const [wanted, setPage] = useState(1);
  const pages = Math.max(1, Math.ceil(rows.length / atOnce));
  const page = Math.min(wanted, pages);
  return (
    <>
      {children(rows.slice((page - 1) * atOnce, page * atOnce))}
      {pages > 1 && (
        <nav aria-label="Pages" className={classes["bar"]} style={{ marginTop: 12 }}>
          <Pagination
            total={pages}
            value={page}
            onChange={setPage}
            size="sm"
            withEdges
            getControlProps={(control) => ({ "aria-label": `${control} page` })}
            getItemProps={(number) => ({ "aria-label": `Page ${number}` })}
          />
        </nav>
      )}
    </>
  );
}
