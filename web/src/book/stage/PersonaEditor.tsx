import { TextInput } from "@mantine/core";

import type { Book, Slide } from "~/api/types";
import { useActions } from "~/lib/keys/actions";
import { useCommands } from "~/lib/queue/useCommands";

import { impactOfSaving } from "../data/impact";
import { ListEditor } from "./ListEditor";
import { SaveBar } from "./SaveBar";
import { useKeptDraft } from "./useKeptDraft";

const EMPTY = { type: "", motivations: [] as string[], concerns: [] as string[] };

interface EditorProps {
  book: Book;
  slides: readonly Slide[];
  canEdit: boolean;
}

/** Who the book is written for. */
export function PersonaEditor({ book, slides, canEdit }: EditorProps) {
  const { send } = useCommands(book.id);
  const draft = useKeptDraft(`${book.id}:persona`, book.artifacts.buyer_persona?.value ?? EMPTY);
  const { value: persona, set } = draft;
  const said = (items: readonly string[]): string[] => items.map((item) => item.trim()).filter(Boolean);
  const isValid = persona.type.trim() !== "";

  const save = (): void => {
    if (!draft.isChanged || !isValid) return;
    const { type, motivations, concerns } = persona;
    void send({
      type: "save_buyer_persona",
      persona: { type: type.trim(), motivations: said(motivations), concerns: said(concerns) },
    });
    draft.reset();
  };
  useActions([
    {
      id: "save-stage",
      title: "Save the buyer persona",
      group: "This stage",
      keys: "mod+Enter",
      whileTyping: true,
      run: save,
    },
  ]);

  return (
    <>
      <TextInput
        label="Buyer"
        placeholder="A strategic buyer with its own distribution"
        readOnly={!canEdit}
        value={persona.type}
        onChange={(event) => set({ ...persona, type: event.currentTarget.value })}
      />
      <ListEditor
        label="Motivations"
        placeholder="What draws this buyer"
        items={persona.motivations}
        onChange={canEdit ? (motivations) => set({ ...persona, motivations }) : null}
      />
      <ListEditor
        label="Concerns"
        placeholder="What this buyer will ask about first"
        items={persona.concerns}
        onChange={canEdit ? (concerns) => set({ ...persona, concerns }) : null}
      />
      {canEdit && (
        <SaveBar
          isChanged={draft.isChanged}
          isValid={isValid}
          impact={impactOfSaving(book, slides, "buyer_persona")}
          onSave={save}
          onReset={draft.reset}
          hint="Everything that follows is written for this buyer."
        />
      )}
    </>
  );
}
