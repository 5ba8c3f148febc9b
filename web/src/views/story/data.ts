import { queryOptions } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";

/** Read again whenever slides change, as findings are: its name begins with theirs. */
export const repetitionsQuery = (cimId: string) =>
  queryOptions({
    queryKey: [...keys.findings(cimId), "repetitions"],
    queryFn: async ({ signal }) =>
      (await told(api.GET("/cims/{cim_id}/repetitions", { params: { path: { cim_id: cimId } }, signal })))
        .items,
  });
