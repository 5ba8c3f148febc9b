import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";

import { type Entity, KIND_ICONS, KIND_NAMES } from "./kinds";
import classes from "./Map.module.css";

export type EntityNodeType = Node<{ entity: Entity; isFaded: boolean; isOnWay: boolean }, "entity">;

export const EntityNode = memo(function EntityNode({ data, selected }: NodeProps<EntityNodeType>) {
  const { entity, isFaded, isOnWay } = data;
  const Icon = KIND_ICONS[entity.kind];
  return (
    <div
      className={classes["node"]}
      data-kind={entity.kind}
      data-faded={isFaded || undefined}
      data-way={isOnWay || undefined}
      data-chosen={selected || undefined}
    >
      <Handle type="target" position={Position.Top} className={classes["handle"] ?? ""} />
      <Icon size={14} aria-hidden />
      <span className="visually-hidden">{KIND_NAMES[entity.kind]}</span>
      <span className={classes["nodeName"]}>{entity.name}</span>
      <Handle type="source" position={Position.Top} className={classes["handle"] ?? ""} />
    </div>
  );
});
