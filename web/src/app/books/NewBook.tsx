import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { api, told } from "~/api/client";
import { keys } from "~/api/keys";
import { newId } from "~/lib/ids";

import { ProblemNote } from "../ProblemNote";
import type { MyDeal } from "./useMyDeals";

interface NewBookProps {
  opened: boolean;
  onClose: () => void;
  deals: readonly MyDeal[];
  /** The deal that is looked at. */
  dealId?: string | undefined;
}

/** A title and a deal, and the book is there. */
export function NewBook({ opened, onClose, deals, dealId }: NewBookProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New book">
      <NewBookForm deals={deals.filter(({ mayCreate }) => mayCreate)} dealId={dealId} onClose={onClose} />
    </Modal>
  );
}

function NewBookForm({ deals, dealId, onClose }: Omit<NewBookProps, "opened">) {
  const navigate = useNavigate();
  const client = useQueryClient();
  // The same key for every try: a book is begun once, however often the answer is lost.
  const [key] = useState(newId);
  const form = useForm({
    initialValues: {
      title: "",
      dealId: deals.find(({ id }) => id === dealId)?.id ?? (deals.length === 1 ? (deals[0]?.id ?? "") : ""),
    },
    validate: {
      title: (title) => (title.trim() ? null : "A book needs a title."),
      dealId: (chosen) => (chosen ? null : "Choose the deal that it belongs to."),
    },
  });
  const begin = useMutation({
    mutationFn: (values: { title: string; dealId: string }) =>
      told(
        api.POST("/cims", {
          body: { title: values.title.trim(), deal_id: values.dealId },
          params: { header: { "idempotency-key": key } },
        }),
      ),
    meta: { quiet: true },
    onSuccess: async ({ id }) => {
      void client.invalidateQueries({ queryKey: keys.allBooks() });
      onClose();
      await navigate({ to: "/app/books/$cimId", params: { cimId: id } });
    },
  });

  return (
    <form onSubmit={form.onSubmit((values) => begin.mutate(values))} noValidate>
      <Stack gap="sm">
        <TextInput
          label="Title"
          placeholder="Project Bluecan – Information Memorandum"
          data-autofocus
          maxLength={300}
          {...form.getInputProps("title")}
        />
        <Select
          label="Deal"
          placeholder="Choose a deal"
          data={deals.map(({ id, name, project }) => ({ value: id, label: `${name} (${project})` }))}
          searchable
          {...form.getInputProps("dealId")}
        />
        {deals.length === 0 && (
          <Text c="dimmed" size="xs">
            You may not begin books in any deal. The project lead can change that.
          </Text>
        )}
        {begin.isError && <ProblemNote error={begin.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={begin.isPending} disabled={deals.length === 0}>
            Begin the book
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
