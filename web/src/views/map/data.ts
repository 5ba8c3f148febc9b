import { queryOptions } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";

/** Read again whenever the graph changes: its name begins with that of the graph. */
export const suggestionsQuery = (cimId: string) =>
  queryOptions({
    queryKey: [...keys.graph(cimId), "suggestions"],
    queryFn: ({ signal }) =>
      told(api.GET("/cims/{cim_id}/graph/suggestions", { params: { path: { cim_id: cimId } }, signal })),
  });
