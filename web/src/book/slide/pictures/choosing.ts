/** A picture as it comes onto a slide. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { authorizedFetch } from "~/api/client";
import { problemOf } from "~/api/problem";
import type { Component, Picture } from "~/api/types";

import { imagesQuery } from "./images";

export type ImageComponent = Extract<Component, { type: "image" }>;
/** What of an image component comes from its picture. */
export type Chosen = Pick<ImageComponent, "blob_id" | "alt" | "sources">;

export const PICTURE_TYPES = [
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/bmp",
  "image/tiff",
];

const MOST_WORDS = 160;

/** One of a document keeps its place as the source; what it shows is told by the words around it. */
export function chosen({ blob_sha256, source_id, locator, text }: Picture): Chosen {
  return source_id
    ? { blob_id: blob_sha256, alt: text.slice(0, MOST_WORDS), sources: [{ source_id, locator }] }
    : { blob_id: blob_sha256, alt: "", sources: [] };
}

async function upload(cimId: string, file: File): Promise<Picture> {
  const body = new FormData();
  body.set("file", file);
  const address = new URL(`/cims/${encodeURIComponent(cimId)}/images`, window.location.origin);
  const answer = await authorizedFetch(new Request(address, { method: "POST", body }));
  if (!answer.ok) throw await problemOf(answer);
  return (await answer.json()) as Picture;
}

/** Uploads a picture; it is among those of the book once it is there. */
export function useUpload(cimId: string, onDone: (picture: Picture) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (file: File) => upload(cimId, file),
    onSuccess: (picture) => {
      client.setQueryData(imagesQuery(cimId).queryKey, (known) =>
        known?.some(({ id }) => id === picture.id) ? known : [...(known ?? []), picture],
      );
      onDone(picture);
    },
  });
}
