import { ActionIcon, Menu } from "@mantine/core";
import { IconCheck, IconDots, IconLayout, IconPlus, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";

import type { Component, LayoutType, Slide } from "~/api/types";

import { freeId, NEW_KINDS, newComponent, type NewKind } from "./slide/newComponent";
import { bodyOf, type SlideBody } from "./slide/slideBody";
import { useCimId } from "./useCimId";

const PicturePicker = lazy(() => import("./slide/pictures/PicturePicker"));

const LAYOUTS: Record<LayoutType, string> = {
  title: "Title",
  section: "Section",
  text: "Text",
  bullets: "Bullets",
  two_columns: "Two columns",
  table: "Table",
  chart: "Chart",
  metrics: "Metrics",
  quote: "Quote",
  image: "Picture",
};

const PARTS: Record<Component["type"], string> = {
  text: "the text",
  bullets: "the bullets",
  table: "the table",
  chart: "the chart",
  metric: "the metric",
  quote: "the quote",
  image: "the picture",
};

interface SlideMenuProps {
  slide: Slide;
  onChange: (next: SlideBody) => void;
  onRemove: () => void;
}

/** How the slide is laid out, what is on it, and its end. */
export function SlideMenu({ slide, onChange, onRemove }: SlideMenuProps) {
  const body = bodyOf(slide);
  const { components } = slide;
  const cimId = useCimId();
  const [isChoosing, setChoosing] = useState(false);
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon aria-label="More for this slide">
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Sub>
            <Menu.Sub.Target>
              <Menu.Sub.Item leftSection={<IconLayout size={14} aria-hidden />}>
                Layout: {LAYOUTS[slide.layout_type]}
              </Menu.Sub.Item>
            </Menu.Sub.Target>
            <Menu.Sub.Dropdown>
              {(Object.keys(LAYOUTS) as LayoutType[]).map((layout) => (
                <Menu.Item
                  key={layout}
                  rightSection={
                    layout === slide.layout_type ? <IconCheck size={14} aria-label="chosen" /> : null
                  }
                  onClick={() => onChange({ ...body, layout_type: layout })}
                >
                  {LAYOUTS[layout]}
                </Menu.Item>
              ))}
            </Menu.Sub.Dropdown>
          </Menu.Sub>
          {(Object.keys(NEW_KINDS) as NewKind[]).map((kind) => (
            <Menu.Item
              key={kind}
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() =>
                onChange({ ...body, components: [...components, newComponent(kind, components)] })
              }
            >
              {NEW_KINDS[kind]}
            </Menu.Item>
          ))}
          <Menu.Item leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setChoosing(true)}>
            Add a picture
          </Menu.Item>
          <Menu.Divider />
          {components.length > 1 &&
            components.map((component, at) => (
              <Menu.Item
                key={component.id || at}
                leftSection={<IconTrash size={14} aria-hidden />}
                onClick={() =>
                  onChange({ ...body, components: components.filter((_, place) => place !== at) })
                }
              >
                Remove {PARTS[component.type]}
                {components.filter(({ type }) => type === component.type).length > 1 && ` (${at + 1})`}
              </Menu.Item>
            ))}
          <Menu.Item leftSection={<IconTrash size={14} aria-hidden />} onClick={onRemove}>
            Remove the slide
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isChoosing && (
        <Suspense>
          <PicturePicker
            cimId={cimId}
            onChoose={(picture) =>
              onChange({
                ...body,
                components: [...components, { type: "image", id: freeId(components), ...picture }],
              })
            }
            onClose={() => setChoosing(false)}
          />
        </Suspense>
      )}
    </>
  );
}
