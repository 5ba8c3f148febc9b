import { Modal } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";

import { NameForm } from "../shared/NameForm";
import { useChange } from "../shared/useChange";

/** A name, and the organisation is there with the person as its owner. */
export function NewOrg({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const begin = useChange((name: string) => told(api.POST("/orgs", { body: { name } })), {
    touches: [keys.me()],
    onDone: ({ org_id }) => {
      onClose();
      void navigate({ to: "/app/orgs/$orgId", params: { orgId: org_id } });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title="New organisation">
      <NameForm
        label="Name"
        placeholder="Harbour & Finch"
        submit="Begin the organisation"
        change={begin}
        onSubmit={(name) => begin.mutate(name)}
        onCancel={onClose}
      />
    </Modal>
  );
}
