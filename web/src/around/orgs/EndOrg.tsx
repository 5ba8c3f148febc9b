import { Button, Group, Modal, NumberInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { api, told } from "~/api/client";
import type { components } from "~/api/schema";
import { ProblemNote } from "~/app/ProblemNote";

import classes from "../shared/Around.module.css";
import type { Org } from "../shared/OrgFrame";
import { useChange } from "../shared/useChange";
import { endingQuery, orgKeys } from "./data";

const USUAL_DAYS = 7;
const MOST_DAYS = 90;

/** The one deed that nothing undoes: asked for with the name, done on its day, taken back until then. */
export function EndOrg({ org }: { org: Org }) {
  const [isOpen, { open, close }] = useDisclosure(false);
  const ending = useQuery(endingQuery(org.org_id)).data;
  return (
    <section className={classes["danger"]}>
      <Title order={2}>End the organisation</Title>
      <p className={classes["quiet"]}>
        On its day everybody loses every right, the keys of its data are destroyed and its books are deleted.
        Until then an owner can take it back.
      </p>
      <Button variant="default" c="red" onClick={open} disabled={ending?.began_at != null}>
        {ending ? "Choose another day" : "End the organisation"}
      </Button>
      {isOpen && <Asking org={org} onClose={close} />}
    </section>
  );
}

function Asking({ org, onClose }: { org: Org; onClose: () => void }) {
  const form = useForm({
    initialValues: { confirm: "", days: USUAL_DAYS },
    validate: {
      days: (days) => (days >= 0 && days <= MOST_DAYS ? null : `Give 0 to ${MOST_DAYS} days.`),
    },
  });
  const end = useChange(
    (body: components["schemas"]["NewEnding"]) =>
      told(api.PUT("/orgs/{org_id}/ending", { params: { path: { org_id: org.org_id } }, body })),
    { touches: [orgKeys.ending(org.org_id)], onDone: onClose },
  );
  return (
    <Modal opened onClose={onClose} title={`End ${org.name}?`}>
      <form
        noValidate
        onSubmit={form.onSubmit(({ confirm, days }) => end.mutate({ confirm, after_days: days }))}
      >
        <Stack gap="sm">
          <Text component="ul" pl="md" m={0}>
            <li>Every member, lead, reviewer and key loses all access.</li>
            <li>
              The keys of its data are destroyed: nothing of it can be read any more, not from backups either.
            </li>
            <li>
              Books, documents, talks and exports are deleted. The audit log stays as long as its rule says.
            </li>
          </Text>
          <NumberInput
            label="In how many days"
            description="Until then it can be taken back. 0 is at once."
            size="xs"
            min={0}
            max={MOST_DAYS}
            allowDecimal={false}
            {...form.getInputProps("days")}
          />
          <TextInput
            label={`Type “${org.name}” to confirm`}
            autoComplete="off"
            data-autofocus
            {...form.getInputProps("confirm")}
          />
          {end.isError && <ProblemNote error={end.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              color="red"
              loading={end.isPending}
              disabled={form.values.confirm !== org.name}
            >
              End the organisation
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
