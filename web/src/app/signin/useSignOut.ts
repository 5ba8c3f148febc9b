import { useCallback } from "react";

import { forgetCache } from "~/app/cache";
import { signOut } from "~/lib/session/session";
import { useSessionState } from "~/lib/session/useSession";

/** Signs out and forgets what was read. Changes on the way stay, and go on when the same person is back. */
export function useSignOut(): () => void {
  const state = useSessionState();
  const personId = state.is === "out" ? null : state.session.personId;
  return useCallback(() => {
    signOut();
    if (personId) void forgetCache(personId);
  }, [personId]);
}
