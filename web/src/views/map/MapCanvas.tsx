import "@xyflow/react/dist/base.css";

import { applyNodeChanges, Background, Controls, type NodeChange, ReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";

import { EntityNode, type EntityNodeType } from "./EntityNode";
import type { Way } from "./graph";
import { type Graph, inWords, KIND_NAMES } from "./kinds";
import { placed, type Point } from "./layout";
import classes from "./Map.module.css";
import { TieEdge, type TieEdgeType } from "./TieEdge";

const NODES = { entity: EntityNode };
const EDGES = { tie: TieEdge };
const SIZE = { width: 150, height: 30 };

interface MapCanvasProps {
  graph: Graph;
  chosenId: string | null;
  way: Way | null;
  onChoose: (id: string | null) => void;
}

/** The graph to move about in: drag, zoom, Tab from one to the next, Enter opens. */
export function MapCanvas({ graph, chosenId, way, onChoose }: MapCanvasProps) {
  const places = useRef<Map<string, Point>>(new Map());
  const [nodes, setNodes] = useState<EntityNodeType[]>([]);

  useEffect(() => {
    const next = placed(graph, places.current);
    for (const [id, point] of next) places.current.set(id, point);
    const near = neighbours(graph, chosenId);
    const onWay = new Set(way?.entities);
    setNodes(
      graph.entities.map((entity) => ({
        id: entity.id,
        type: "entity",
        position: next.get(entity.id) ?? { x: 0, y: 0 },
        origin: [0.5, 0.5],
        initialWidth: SIZE.width,
        initialHeight: SIZE.height,
        selected: entity.id === chosenId,
        ariaLabel: `${KIND_NAMES[entity.kind]} ${entity.name}`,
        data: {
          entity,
          isOnWay: onWay.has(entity.id),
          isFaded: way ? !onWay.has(entity.id) : near !== null && !near.has(entity.id),
        },
      })),
    );
  }, [graph, chosenId, way]);

  const edges = useMemo((): TieEdgeType[] => {
    const names = new Map(graph.entities.map(({ id, name }) => [id, name]));
    const onWay = new Set(way?.relationships.map(({ id }) => id));
    return graph.relationships.map((tie) => ({
      id: tie.id,
      type: "tie",
      source: tie.from_id,
      target: tie.to_id,
      focusable: false,
      ariaLabel: `${names.get(tie.from_id) ?? ""} ${inWords(tie.kind)} ${names.get(tie.to_id) ?? ""}`,
      data: {
        tie,
        isOnWay: onWay.has(tie.id),
        isFaded: way
          ? !onWay.has(tie.id)
          : chosenId !== null && tie.from_id !== chosenId && tie.to_id !== chosenId,
      },
    }));
  }, [graph, chosenId, way]);

  const changed = (changes: NodeChange<EntityNodeType>[]): void => {
    for (const change of changes)
      if (change.type === "position" && change.position) places.current.set(change.id, change.position);
    // Who is chosen is told by the address.
    const own = changes.filter(({ type }) => type !== "select");
    setNodes((before) => applyNodeChanges(own, before));
    const chosen = changes.find((change) => change.type === "select" && change.selected);
    if (chosen && "id" in chosen && chosen.id !== chosenId) onChoose(chosen.id);
  };

  return (
    <div className={classes["canvas"]} role="region" aria-label="Map of the relationships">
      <ReactFlow<EntityNodeType, TieEdgeType>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        onNodesChange={changed}
        onPaneClick={() => onChoose(null)}
        nodesConnectable={false}
        elementsSelectable
        multiSelectionKeyCode={null}
        selectionKeyCode={null}
        deleteKeyCode={null}
        onlyRenderVisibleElements
        minZoom={0.1}
        maxZoom={2}
        fitView
        fitViewOptions={{ padding: 0.12, maxZoom: 1 }}
        proOptions={{ hideAttribution: true }}
      >
        <Background color="var(--line)" gap={24} size={1} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

/** The chosen one and those that it is related to; null where none is chosen. */
function neighbours(graph: Graph, chosenId: string | null): Set<string> | null {
  if (chosenId === null) return null;
  const near = new Set([chosenId]);
  for (const { from_id, to_id } of graph.relationships) {
    if (from_id === chosenId) near.add(to_id);
    if (to_id === chosenId) near.add(from_id);
  }
  return near;
}
