/** Finding and placing mentions in what is typed. Pure. */
export interface Mentionable {
  id: string;
  title: string;
  kind: string;
  /** Called by its name in the text rather than named beside it. */
  isAgent?: boolean;
}

export interface Typing {
  /** Where the @ stands. */
  at: number;
  word: string;
}

const MOST_SHOWN = 8;

/** The mention that is being typed before the caret, if one is. */
export function typingAt(text: string, caret: number): Typing | null {
  const match = /(?:^|\s)@([\p{L}\p{N}_\- ]{0,40})$/u.exec(text.slice(0, caret));
  if (!match) return null;
  const word = match[1] ?? "";
  return { at: caret - word.length - 1, word };
}

export function fitting(all: readonly Mentionable[], word: string): readonly Mentionable[] {
  const wanted = word.trim().toLowerCase();
  const scored = all
    .map((one) => ({ one, at: one.title.toLowerCase().indexOf(wanted) }))
    .filter(({ at }) => at >= 0);
  if (wanted !== "") scored.sort((one, other) => Number(one.at > 0) - Number(other.at > 0));
  return scored.slice(0, MOST_SHOWN).map(({ one }) => one);
}

/** The text with the mention in place of what was typed, and where the caret goes. */
export function withMention(text: string, typing: Typing, one: Mentionable): { text: string; caret: number } {
  const said = one.isAgent ? `@${one.id} ` : `“${one.title}” `;
  const after = text.slice(typing.at + 1 + typing.word.length);
  return { text: text.slice(0, typing.at) + said + after.trimStart(), caret: typing.at + said.length };
}
