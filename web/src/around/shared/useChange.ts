import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";

interface ChangeOptions<T, A> {
  /** What is read anew afterwards. */
  touches: readonly QueryKey[];
  onDone?: (answer: A, given: T) => void;
}

/** A change that the page itself says the outcome of, where it was asked for. */
export function useChange<T, A>(send: (given: T) => Promise<A>, { touches, onDone }: ChangeOptions<T, A>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    meta: { quiet: true },
    onSuccess: async (answer, given) => {
      // The new state is there before the change counts as made.
      await Promise.all(touches.map((queryKey) => client.invalidateQueries({ queryKey })));
      onDone?.(answer, given);
    },
    // Somebody else may have changed it meanwhile.
    onError: () => void Promise.all(touches.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
