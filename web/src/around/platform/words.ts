/** The platform in words. Pure. */
import type { Application, Deployment, DeploymentAction, DeploymentStep, Version } from "./data";

export type Tone = "good" | "busy" | "wait" | "bad" | "quiet";

export const APPLICATION_STATES: Record<Application["status"], { word: string; tone: Tone }> = {
  new: { word: "New: nothing deployed yet", tone: "wait" },
  ready: { word: "Provisioned, no version yet", tone: "wait" },
  serving: { word: "Serving", tone: "good" },
  retiring: { word: "Retiring", tone: "busy" },
  archived: { word: "Archived", tone: "quiet" },
};

export const DEPLOYMENT_STATES: Record<Deployment["status"], { word: string; tone: Tone }> = {
  pending: { word: "Waiting", tone: "busy" },
  running: { word: "Under way", tone: "busy" },
  completed: { word: "Completed", tone: "good" },
  undone: { word: "Undone", tone: "bad" },
  stuck: { word: "Stuck", tone: "bad" },
};

export const STEP_STATES: Record<DeploymentStep["status"], { word: string; tone: Tone }> = {
  running: { word: "under way", tone: "busy" },
  done: { word: "done", tone: "good" },
  failed: { word: "failed", tone: "bad" },
};

export const ACTIONS: Record<DeploymentAction, string> = {
  provision: "Provision",
  deploy: "Deploy",
  roll_back: "Roll back",
  retire: "Retire",
};

const STEPS: Record<string, string> = {
  provision: "Claim the database and make its indexes",
  start_workers: "Start workers of the version",
  check_health: "Wait until they answer",
  ramp: "Give them a growing share of new work",
  promote: "Give them new work",
  move_books: "Ask open books to move",
  tidy: "Stop workers that have no work left",
  close: "Take no more changes",
  drain: "Wait for runs, and close books",
  stop_workers: "Stop all workers",
  archive: "Archive the books",
};

/** `undo_provision` is the taking back of a step. */
export function stepName(name: string): string {
  const undone = /^undo[_.:]?(.+)$/.exec(name)?.[1];
  if (undone !== undefined) return `Take back: ${stepName(undone).toLowerCase()}`;
  return STEPS[name] ?? name.replaceAll("_", " ");
}

export function versionName(versions: readonly Version[], id: string | null | undefined): string {
  if (!id) return "none";
  const version = versions.find((one) => one.id === id);
  if (!version) return `version ${id.slice(0, 8)}`;
  return version.name && version.name !== version.build_id
    ? `${version.build_id} (${version.name})`
    : version.build_id;
}

/** What can be done to an application as it is; the API has the last word. */
export function possible({ status }: Pick<Application, "status">): readonly DeploymentAction[] {
  switch (status) {
    case "new":
      return ["deploy", "provision", "retire"];
    case "ready":
      return ["deploy", "retire"];
    case "serving":
      return ["deploy", "roll_back", "retire"];
    case "retiring":
      return ["retire"];
    case "archived":
      return [];
  }
}

export function took(from: string, to: string | null | undefined, now: number): string {
  const seconds = Math.max(0, Math.round(((to ? Date.parse(to) : now) - Date.parse(from)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** "10% for 2 min, 50% for 2 min, then all of it". */
export function rampInWords(ramp: Application["settings"]["ramp"]): string {
  const stages = ramp.map(
    ({ percent, seconds }) =>
      `${percent}% for ${seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`}`,
  );
  return [...stages, "then all of it"].join(", ");
}
