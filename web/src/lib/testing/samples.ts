/** Things of a book for tests, with only what matters said. */
import type { Book, BookRow, Command, EventRecord, Message, Slide } from "~/api/types";

import type { Change } from "../queue/change";

export function slide(id: string, more: Partial<Slide> = {}): Slide {
  return {
    id,
    section_id: "s1",
    position: 0,
    title: `Slide ${id}`,
    layout_type: "text",
    components: [],
    sources: [],
    notes: "",
    status: "approved",
    stale_reason: null,
    rev: 1,
    updated_at: "2026-01-01T10:00:00Z",
    ...more,
  };
}

export function book(more: Partial<Book> = {}): Book {
  return {
    id: "b1",
    org_id: "o1",
    deal_id: "d1",
    project_id: "p1",
    owner_id: "u1",
    title: "Book",
    status: "in_progress",
    stage: "outline",
    completed_stages: [],
    current_section_id: null,
    current_slide_id: null,
    sections: [],
    artifacts: { buyer_persona: null, hero_context: null, outline: null },
    gathered_context: [],
    slide_counts: { draft: 0, needs_review: 0, approved: 0 },
    rev: 5,
    created_at: "2026-01-01T10:00:00Z",
    updated_at: "2026-01-01T10:00:00Z",
    completed_at: null,
    ...more,
  };
}

export function row(id: string, more: Partial<BookRow> = {}): BookRow {
  return {
    id,
    deal_id: "d1",
    owner_id: "u1",
    title: id,
    status: "in_progress",
    stage: "outline",
    slide_counts: { draft: 0, needs_review: 0, approved: 0 },
    stale: 0,
    rev: 1,
    updated_at: "2026-01-01T10:00:00Z",
    ...more,
  };
}

let order = 0;

export function change(command: Command, more: Partial<Change> = {}): Change {
  order += 1;
  return {
    order,
    commandId: `c${order}`,
    personId: "u1",
    cimId: "b1",
    command,
    at: Date.parse("2026-01-02T10:00:00Z"),
    wasSent: false,
    problem: null,
    status: "queued",
    ...more,
  };
}

export function event(type: string, data: EventRecord["data"] = {}, seq = 1): EventRecord {
  return {
    seq,
    type,
    at: "2026-01-01T10:00:00Z",
    actor: { kind: "user", id: "u1", on_behalf_of: null },
    command_id: "c1",
    data,
  };
}

export function message(id: string, more: Partial<Message> = {}): Message {
  return {
    id,
    cim_id: "b1",
    thread_id: "main",
    parent_id: null,
    role: "assistant",
    author: { kind: "agent", id: "assistant", on_behalf_of: "u1" },
    agent_id: "",
    text: "",
    mode: "ask",
    mentions: [],
    citations: [],
    unsupported: [],
    steering: [],
    status: "complete",
    attempt: 0,
    run_id: null,
    error: null,
    created_at: "2026-01-01T10:00:00Z",
    completed_at: null,
    ...more,
  };
}
