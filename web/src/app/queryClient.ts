import { MutationCache, QueryClient } from "@tanstack/react-query";

import { mayPass } from "~/api/client";
import { SignedOut } from "~/api/problem";
import { tellError } from "~/lib/tell";

const FRESH_MS = 30_000;
export const KEPT_MS = 7 * 24 * 60 * 60_000;
const MOST_TRIES = 3;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        gcTime: KEPT_MS,
        retry: (failures, error) => mayPass(error) && failures < MOST_TRIES,
        refetchOnWindowFocus: false,
        throwOnError: false,
      },
      mutations: { retry: false },
    },
    // A failure that no page took care of is said aloud once.
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (mutation.options.onError ?? mutation.meta?.["quiet"]) return;
        if (!(error instanceof SignedOut)) tellError(error);
      },
    }),
  });
}
