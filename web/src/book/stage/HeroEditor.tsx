import { Textarea, TextInput } from "@mantine/core";

import type { Book, Slide } from "~/api/types";
import { useActions } from "~/lib/keys/actions";
import { useCommands } from "~/lib/queue/useCommands";

import { impactOfSaving } from "../data/impact";
import { SaveBar } from "./SaveBar";
import { useKeptDraft } from "./useKeptDraft";

const EMPTY = { selected_hero: "", investment_thesis: { asset: "", timing: "", opportunity: "" } };

const PARTS = [
  ["asset", "Asset", "What is for sale, and why it is hard to build again"],
  ["timing", "Timing", "Why now"],
  ["opportunity", "Opportunity", "What the buyer can make of it"],
] as const;

interface EditorProps {
  book: Book;
  slides: readonly Slide[];
  canEdit: boolean;
}

/** What the book is about, in one line and a thesis of three parts. */
export function HeroEditor({ book, slides, canEdit }: EditorProps) {
  const { send } = useCommands(book.id);
  const draft = useKeptDraft(`${book.id}:hero`, book.artifacts.hero_context?.value ?? EMPTY);
  const { value: hero, set } = draft;
  const isValid = hero.selected_hero.trim() !== "";

  const save = (): void => {
    if (!draft.isChanged || !isValid) return;
    void send({ type: "save_hero_context", hero });
    draft.reset();
  };
  useActions([
    {
      id: "save-stage",
      title: "Save the hero concept",
      group: "This stage",
      keys: "mod+Enter",
      whileTyping: true,
      run: save,
    },
  ]);

  return (
    <>
      <TextInput
        label="Hero"
        placeholder="One can, in more than 176 countries"
        readOnly={!canEdit}
        value={hero.selected_hero}
        onChange={(event) => set({ ...hero, selected_hero: event.currentTarget.value })}
      />
      {PARTS.map(([name, label, placeholder]) => (
        <Textarea
          key={name}
          label={label}
          placeholder={placeholder}
          autosize
          minRows={2}
          readOnly={!canEdit}
          value={hero.investment_thesis[name]}
          onChange={(event) =>
            set({
              ...hero,
              investment_thesis: { ...hero.investment_thesis, [name]: event.currentTarget.value },
            })
          }
        />
      ))}
      {canEdit && (
        <SaveBar
          isChanged={draft.isChanged}
          isValid={isValid}
          impact={impactOfSaving(book, slides, "hero_context")}
          onSave={save}
          onReset={draft.reset}
          hint="The outline and every slide carry this thesis."
        />
      )}
    </>
  );
}
