/** Server-sent events out of a body that comes in pieces. Pure. */

export interface ServerEvent {
  /** Where to go on from; absent on news that may get lost. */
  id: string | null;
  event: string;
  data: string;
}

/** Takes text as it arrives, gives each event once it is whole. */
export class EventParser {
  #rest = "";
  #event = "";
  #data: string[] = [];
  #id: string | null = null;

  push(text: string): ServerEvent[] {
    this.#rest += text;
    const found: ServerEvent[] = [];
    for (;;) {
      const end = this.#rest.search(/\r\n|\n|\r(?!$)/);
      if (end < 0) return found;
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + (this.#rest.startsWith("\r\n", end) ? 2 : 1));
      const done = this.#line(line);
      if (done) found.push(done);
    }
  }

  #line(line: string): ServerEvent | null {
    if (line === "") {
      const done = this.#data.length ? this.#whole() : null;
      this.#event = "";
      this.#data = [];
      this.#id = null;
      return done;
    }
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id") this.#id = value;
    return null;
  }

  #whole(): ServerEvent {
    return { id: this.#id, event: this.#event || "message", data: this.#data.join("\n") };
  }
}
