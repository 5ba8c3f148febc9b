import { Group, Kbd } from "@mantine/core";

const IS_MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
const SIGNS: Record<string, string> = {
  mod: IS_MAC ? "⌘" : "Ctrl",
  alt: IS_MAC ? "⌥" : "Alt",
  shift: "⇧",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
};

/** "g b" as two keys, "mod+k" as one chord. */
export function KeyNames({ keys }: { keys: string }) {
  return (
    <Group gap={4} wrap="nowrap" component="span">
      {keys.split(" ").map((chord, position) => (
        <Kbd key={position} size="xs">
          {chord
            .split("+")
            .map((part) => SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part))
            .join(" ")}
        </Kbd>
      ))}
    </Group>
  );
}
