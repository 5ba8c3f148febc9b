import { useState } from "react";

import type { Component } from "~/api/types";

import { movedAnchors, ofPart, ofWhole } from "../anchors";
import { EditableText } from "../EditableText";
import classes from "./Components.module.css";
import type { ComponentViewProps } from "./ComponentView";
import { Footnote } from "./Footnote";

type Bullets = Extract<Component, { type: "bullets" }>;

export function BulletsView({ component, findings, onChange }: ComponentViewProps<Bullets>) {
  const [fresh, setFresh] = useState<number | null>(null);
  const { items, sources } = component;
  const whole = ofWhole(component);

  const write = (at: number, text: string): void =>
    onChange?.({ ...component, items: items.map((item, place) => (place === at ? text : item)) });

  const split = (at: number, before: string, after: string): void => {
    onChange?.({
      ...component,
      items: [...items.slice(0, at), before, after, ...items.slice(at + 1)],
      sources: movedAnchors(sources, "i", at + 1, 1),
    });
    setFresh(at + 1);
  };

  const remove = (at: number): void => {
    if (items.length === 1) return;
    onChange?.({
      ...component,
      items: items.filter((_, place) => place !== at),
      sources: movedAnchors(sources, "i", at, -1),
    });
    setFresh(Math.max(at - 1, 0));
  };

  return (
    <div>
      <ul className={classes["bullets"]} data-part="Bullets">
        {items.map((item, at) => (
          <li key={`${at} ${fresh === at ? items.length : ""}`}>
            <EditableText
              value={item}
              shown={item.replaceAll("\n", " ")}
              label={`Bullet ${at + 1}`}
              refs={ofPart(component, `i${at}`)}
              findings={findings.filter(({ anchor }) => !anchor || anchor === `i${at}`)}
              autoEdit={fresh === at}
              onChange={onChange && ((text) => write(at, text))}
              onEnter={(before, after) => split(at, before, after)}
              onEmptyBackspace={() => remove(at)}
              onDone={() => setFresh((now) => (now === at ? null : now))}
            />
          </li>
        ))}
      </ul>
      <Footnote refs={whole} isApart />
    </div>
  );
}
