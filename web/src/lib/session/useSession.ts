import { useStore } from "../store";
import { type Session, type SessionState, sessionState } from "./session";

export function useSessionState(): SessionState {
  return useStore(sessionState);
}

/** The person at this page; only below the sign-in. */
export function useSession(): Session {
  const state = useSessionState();
  if (state.is === "out") throw new Error("Nobody is signed in.");
  return state.session;
}
