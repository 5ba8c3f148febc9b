import { queryOptions, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";

import { api, authorizedFetch, told } from "~/api/client";
import { problemOf } from "~/api/problem";
import type { Slide } from "~/api/types";

/** All pictures that slides of the book may show. */
export const imagesQuery = (cimId: string) =>
  queryOptions({
    queryKey: ["books", cimId, "images"],
    queryFn: async ({ signal }) =>
      (await told(api.GET("/cims/{cim_id}/images", { params: { path: { cim_id: cimId } }, signal }))).items,
  });

/** A picture as an address that `img` takes: the API asks for a token, which `img` cannot send. */
export const pictureQuery = (cimId: string, imageId: string) =>
  queryOptions({
    queryKey: ["books", cimId, "images", imageId],
    queryFn: async () => {
      const address = new URL(`/cims/${cimId}/images/${imageId}`, window.location.origin);
      const answer = await authorizedFetch(new Request(address));
      if (!answer.ok) throw await problemOf(answer);
      return URL.createObjectURL(await answer.blob());
    },
    staleTime: Infinity,
    meta: { isKept: false },
  });

/** Addresses of the pictures on these slides, by their content. */
export function useImages(cimId: string, slides: readonly Slide[]): (blobId: string) => string | undefined {
  const wanted = useMemo(
    () =>
      [
        ...new Set(
          slides.flatMap(({ components }) =>
            components.flatMap((each) => (each.type === "image" ? [each.blob_id] : [])),
          ),
        ),
      ].sort(),
    [slides],
  );
  const known = useQuery({ ...imagesQuery(cimId), enabled: wanted.length > 0 }).data;
  const client = useQueryClient();
  const unheardOf = known
    ? wanted.filter((blobId) => !known.some(({ blob_sha256 }) => blob_sha256 === blobId)).join()
    : "";
  // Somebody else has just uploaded it.
  useEffect(() => {
    if (unheardOf) void client.invalidateQueries({ queryKey: imagesQuery(cimId).queryKey, exact: true });
  }, [client, cimId, unheardOf]);
  const found = useQueries({
    queries: wanted.flatMap((blobId) => {
      const image = known?.find(({ blob_sha256 }) => blob_sha256 === blobId);
      return image ? [pictureQuery(cimId, image.id)] : [];
    }),
    combine: (results) => results.map(({ data }) => data ?? "").join("\n"),
  });
  return useCallback(
    (blobId) => {
      const here = wanted.filter((id) => known?.some(({ blob_sha256 }) => blob_sha256 === id));
      return found.split("\n")[here.indexOf(blobId)] || undefined;
    },
    [found, known, wanted],
  );
}
