/** What the AI is asked to probe, out of the persona as it is. Pure. */
import type { components } from "~/api/schema";

type Persona = components["schemas"]["BuyerPersona"];

export function questionsFor(persona: Persona | null): string[] {
  const buyer = persona?.type || "this buyer";
  const [motivation] = persona?.motivations ?? [];
  const [concern] = persona?.concerns ?? [];
  return [
    `Interview me about ${buyer}: ask one question at a time, about what draws them and what they doubt, and write what I answer into the persona.`,
    motivation
      ? `What in the documents bears out “${motivation}”, and what speaks against it?`
      : `What in the documents would draw ${buyer} most?`,
    concern
      ? `How would ${buyer} press us on “${concern}”, and what do we answer?`
      : `What would ${buyer} ask about first, and what do we answer?`,
    `What would make ${buyer} walk away, and does the book deal with it?`,
  ];
}

export function probing(persona: Persona, point: string, kind: "motivation" | "concern"): string {
  return kind === "motivation"
    ? `Why does “${point}” matter to ${persona.type}, and what in the documents bears it out?`
    : `${persona.type} worries about “${point}”. What lies behind it, and what do the documents say to it?`;
}
