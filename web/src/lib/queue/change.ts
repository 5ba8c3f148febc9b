/** One change on its way to the API. Pure. */
import type { Command, ProblemDetails } from "~/api/types";

export type ChangeStatus = "queued" | "sending" | "refused";

export interface QueuedChange {
  /** Place in the queue; given by the database. */
  order?: number;
  commandId: string;
  personId: string;
  cimId: string;
  command: Command;
  /** Milliseconds since 1970. */
  at: number;
  /** Whether it may have left this machine: then its content and id stay as they are. */
  wasSent: boolean;
  problem: ProblemDetails | null;
}

/** A change with its place in the queue, as pages see it. */
export interface Change extends QueuedChange {
  order: number;
  status: ChangeStatus;
}

/** A later save of the same thing that makes an unsent earlier one pointless; only right behind it. */
export function supersedes(later: Command, earlier: Command): boolean {
  if (later.type !== earlier.type) return false;
  if (later.expected_rev != null || earlier.expected_rev != null) return false;
  switch (later.type) {
    case "save_slide":
      return earlier.type === "save_slide" && later.slide.id != null && later.slide.id === earlier.slide.id;
    case "save_buyer_persona":
    case "save_hero_context":
    case "save_outline":
    case "rename":
    case "go_to_slide":
    case "go_to_section":
      return true;
    case "reorder_slides":
      return earlier.type === "reorder_slides" && later.section_id === earlier.section_id;
    default:
      return false;
  }
}

const TITLES: Record<Command["type"], string> = {
  navigate: "Go to another stage",
  go_to_section: "Go to a section",
  go_to_slide: "Go to a slide",
  save_buyer_persona: "Save the buyer persona",
  save_hero_context: "Save the hero concept",
  save_outline: "Save the outline",
  save_slide: "Save a slide",
  approve_slide: "Approve a slide",
  remove_slide: "Remove a slide",
  confirm_artifact: "Confirm that it is still right",
  reorder_slides: "Reorder slides",
  gather_context: "Take in facts",
  rename: "Rename the book",
  complete: "Complete the book",
  reopen: "Reopen the book",
  restore: "Restore an earlier state",
  create_entity: "Add to the map",
  update_entity: "Change something on the map",
  remove_entity: "Remove from the map",
  create_relationship: "Add a relationship",
  remove_relationship: "Remove a relationship",
  commit_decision: "Commit a decision",
  close_request: "Close a question",
  accept_finding: "Accept a finding",
  withdraw_acceptance: "Withdraw an acceptance",
};

/** What the change does, for people: "Save the slide “Net sales”". */
export function titleOf(command: Command): string {
  if (command.type === "save_slide") return `Save the slide “${command.slide.title}”`;
  if (command.type === "rename") return `Rename the book to “${command.title}”`;
  return TITLES[command.type];
}

/** The words that the person wrote, to be copied when the change cannot go through. */
export function textOf(command: Command): string {
  switch (command.type) {
    case "save_slide":
      return [
        command.slide.title,
        ...command.slide.components.map((component) => {
          switch (component.type) {
            case "text":
              return component.text;
            case "bullets":
              return component.items.map((item) => `- ${item}`).join("\n");
            case "table":
              return [component.columns, ...component.rows].map((row) => row.join("\t")).join("\n");
            case "quote":
              return component.text;
            case "metric":
              return `${component.label}: ${component.value}`;
            default:
              return JSON.stringify(component);
          }
        }),
        command.slide.notes,
      ]
        .filter(Boolean)
        .join("\n\n");
    case "rename":
      return command.title;
    default:
      return JSON.stringify(command, null, 2);
  }
}
