import { ActionIcon, Avatar, Menu, SegmentedControl, Text, useMantineColorScheme } from "@mantine/core";
import { IconKeyboard, IconLogout, IconSettings } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { KeyNames } from "~/lib/keys/KeyNames";
import { useAllChanges } from "~/lib/queue/useCommands";
import { useSession } from "~/lib/session/useSession";

import { isHelpOpen } from "../palette/openers";
import { useSignOut } from "../signin/useSignOut";

const SCHEMES = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "System" },
];

export function PersonMenu() {
  const { name, email } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const waiting = useAllChanges().length;
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon size="lg">
          <Avatar size={24} name={name} aria-hidden />
          <span className="visually-hidden">You: {name}</span>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text fw={600} c="var(--ink)">
            {name}
          </Text>
          <Text size="xs">{email}</Text>
        </Menu.Label>
        <SegmentedControl
          fullWidth
          m={6}
          data={SCHEMES}
          value={colorScheme}
          onChange={(value) => setColorScheme(value === "light" || value === "dark" ? value : "auto")}
          aria-label="Look"
        />
        <Menu.Item component={Link} to="/app/settings" leftSection={<IconSettings size={16} aria-hidden />}>
          Settings
        </Menu.Item>
        <Menu.Item
          leftSection={<IconKeyboard size={16} aria-hidden />}
          rightSection={<KeyNames keys="?" />}
          onClick={() => isHelpOpen.set(true)}
        >
          Keys
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={signOut}>
          Sign out
          {waiting > 0 && (
            <Text size="xs" c="dimmed">
              {waiting} not sent yet; kept here for you
            </Text>
          )}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
