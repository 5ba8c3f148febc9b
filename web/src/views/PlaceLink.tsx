import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { sourcesQuery } from "~/api/queries";
import type { SourceReference } from "~/api/types";

interface PlaceLinkProps {
  cimId: string;
  place: SourceReference;
  mark?: string | undefined;
}

/** A place in a document; opens it with the figure or the words marked. */
export function PlaceLink({ cimId, place, mark }: PlaceLinkProps) {
  const sources = useQuery(sourcesQuery(cimId)).data;
  const document = sources?.find(({ id }) => id === place.source_id)?.name ?? "a document";
  const shown = mark ?? place.quote?.slice(0, 200);
  return (
    <Link
      to="/app/books/$cimId/documents"
      params={{ cimId }}
      search={{
        source: place.source_id,
        ...(place.passage_id ? { passage: place.passage_id } : {}),
        ...(shown ? { mark: shown } : {}),
      }}
      title={place.quote ?? undefined}
    >
      {document}, {place.locator}
    </Link>
  );
}
