import { Modal, Select, Stack } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import type { components } from "~/api/schema";

import { NameForm } from "../shared/NameForm";
import { useChange } from "../shared/useChange";

interface NewDealProps {
  projects: readonly components["schemas"]["Project"][];
  /** The project that is looked at. */
  projectId?: string | undefined;
  opened: boolean;
  onClose: () => void;
}

/** A name and a project, and the deal is there. */
export function NewDeal({ opened, onClose, ...rest }: NewDealProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New deal">
      <NewDealForm {...rest} onClose={onClose} />
    </Modal>
  );
}

function NewDealForm({ projects, projectId, onClose }: Omit<NewDealProps, "opened">) {
  const navigate = useNavigate();
  const first = projects.find(({ project_id }) => project_id === projectId) ?? projects[0];
  const [chosen, setChosen] = useState<string | null>(first?.project_id ?? null);
  const begin = useChange(
    (name: string) => told(api.POST("/deals", { body: { name, project_id: chosen ?? "" } })),
    {
      touches: [keys.deals(chosen ?? "")],
      onDone: ({ id }) => {
        onClose();
        void navigate({ to: "/app/deals/$dealId", params: { dealId: id } });
      },
    },
  );
  return (
    <Stack gap="sm">
      {projects.length > 1 && (
        <Select
          label="Project"
          data={projects.map(({ project_id, name }) => ({ value: project_id, label: name }))}
          value={chosen}
          onChange={setChosen}
          allowDeselect={false}
          searchable
        />
      )}
      <NameForm
        label="Name"
        placeholder="Sale of Bluecan"
        submit="Begin the deal"
        change={begin}
        onSubmit={(name) => begin.mutate(name)}
        onCancel={onClose}
      />
    </Stack>
  );
}
