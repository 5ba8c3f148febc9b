import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getStraightPath } from "@xyflow/react";
import { memo } from "react";

import { inWords, type Relationship } from "./kinds";
import classes from "./Map.module.css";

export type TieEdgeType = Edge<{ tie: Relationship; isFaded: boolean; isOnWay: boolean }, "tie">;

const WIDTHS = { weak: 1, medium: 2, strong: 4 };

/** A relationship: its verb in the middle, its strength as width; a weak one is dashed. */
export const TieEdge = memo(function TieEdge({ id, data, ...ends }: EdgeProps<TieEdgeType>) {
  const [path, x, y] = getStraightPath(ends);
  if (!data) return null;
  const { tie, isFaded, isOnWay } = data;
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        style={{
          stroke: isOnWay ? "var(--accent)" : "var(--line-strong)",
          strokeWidth: WIDTHS[tie.strength],
          strokeDasharray: tie.strength === "weak" ? "5 4" : undefined,
          opacity: isFaded ? 0.25 : 1,
        }}
      />
      <EdgeLabelRenderer>
        <span
          className={classes["verb"]}
          data-way={isOnWay || undefined}
          data-faded={isFaded || undefined}
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
        >
          {inWords(tie.kind)}
          <span className="visually-hidden">, {tie.strength}</span>
        </span>
      </EdgeLabelRenderer>
    </>
  );
});
