import { IconPhoto } from "@tabler/icons-react";

import type { Component } from "~/api/types";

import { ofWhole } from "../anchors";
import { useSurroundings } from "../slideContext";
import classes from "./Components.module.css";
import type { ComponentViewProps } from "./ComponentView";
import { Footnote } from "./Footnote";

type Image = Extract<Component, { type: "image" }>;

export function ImageView({ component }: ComponentViewProps<Image>) {
  const url = useSurroundings().imageUrl(component.blob_id);
  return (
    <figure className={classes["image"]}>
      {url ? (
        <img src={url} alt={component.alt} />
      ) : (
        <div className={classes["imageMissing"]} role="img" aria-label={component.alt || "Picture"}>
          <IconPhoto aria-hidden />
          <span>{component.alt || "Picture"}</span>
        </div>
      )}
      <Footnote refs={ofWhole(component)} />
    </figure>
  );
}
