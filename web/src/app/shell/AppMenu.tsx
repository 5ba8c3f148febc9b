import { ActionIcon, Menu } from "@mantine/core";
import { IconMenu2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { KeyNames } from "~/lib/keys/KeyNames";

import { BOOK_VIEWS, PLACES } from "./places";

/** Every place, behind one button: on a phone the only way, elsewhere the second one. */
export function AppMenu({ cimId }: { cimId?: string | undefined }) {
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <ActionIcon aria-label="Menu">
          <IconMenu2 size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {cimId !== undefined && (
          <>
            <Menu.Label>This book</Menu.Label>
            {BOOK_VIEWS.map(({ title, icon: Icon, to, keys }) => (
              <Menu.Item
                key={to}
                renderRoot={(props: object) => <Link {...props} to={to} params={{ cimId }} />}
                leftSection={<Icon size={16} aria-hidden />}
                rightSection={<KeyNames keys={keys} />}
              >
                {title}
              </Menu.Item>
            ))}
            <Menu.Divider />
          </>
        )}
        {PLACES.map(({ title, icon: Icon, to, keys }) => (
          <Menu.Item
            key={to}
            component={Link}
            to={to}
            leftSection={<Icon size={16} aria-hidden />}
            rightSection={keys ? <KeyNames keys={keys} /> : undefined}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
