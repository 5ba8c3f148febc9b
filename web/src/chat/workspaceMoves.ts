/** Where the AI wants to lead the person, as an address of the page. Pure. */
export interface Move {
  said: string;
  to: string;
}

const PANELS: Record<string, Move> = {
  documents: { said: "the documents", to: "/documents" },
  buyer_persona: { said: "the buyer workshop", to: "/buyer" },
  hero_concept: { said: "the story architect", to: "/story" },
  outline: { said: "the outline", to: "/stages/outline" },
  slides: { said: "the book", to: "" },
  graph: { said: "the relationship map", to: "/map" },
  findings: { said: "the book with its findings", to: "" },
  history: { said: "the book with its history", to: "" },
  exports: { said: "the book with its exports", to: "" },
};

export function moveOf(cimId: string, action: string, details: Record<string, unknown>): Move | null {
  const book = `/app/books/${encodeURIComponent(cimId)}`;
  const id = (name: string): string | null => (typeof details[name] === "string" ? details[name] : null);
  switch (action) {
    case "open_panel": {
      const panel = id("panel") ?? "";
      if (panel === "runs") return { said: "the runs", to: "/app/runs" };
      const known = PANELS[panel];
      return known ? { ...known, to: book + known.to } : null;
    }
    case "focus_slide": {
      const slide = id("slide_id");
      return slide ? { said: "a slide", to: `${book}/slides/${encodeURIComponent(slide)}` } : null;
    }
    case "focus_entity": {
      const entity = id("entity_id");
      return entity
        ? { said: "the relationship map", to: `${book}/map?entity=${encodeURIComponent(entity)}` }
        : null;
    }
    case "show_graph":
      return { said: "the relationship map", to: `${book}/map` };
    default:
      return null;
  }
}
