import { createTheme, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = [
  "#eef3ff",
  "#dbe5fd",
  "#b4c8f9",
  "#8aa9f5",
  "#648df1",
  "#4a79ee",
  "#2f62e4",
  "#2152cf",
  "#1a48ba",
  "#0d3ca0",
];

/** Cool greys; 7 is the page, 6 what floats and fields, 4 their lines, 0 the text. */
const dark: MantineColorsTuple = [
  "#e6e8ec",
  "#b6bdc9",
  "#9aa3b2",
  "#6b7380",
  "#3d4149",
  "#2c2f35",
  "#1e2127",
  "#16181c",
  "#121417",
  "#0d0f11",
];

/** Words of state, in the very colours of theme.css: 7 is light's, 3 the words and 6 the ground of dark's. */
const red: MantineColorsTuple = [
  "#fdeceb",
  "#fbd5d2",
  "#f7b0ab",
  "#ff8f86",
  "#ec6a60",
  "#dd4a40",
  "#c9372e",
  "#b3261e",
  "#98201a",
  "#7d1a15",
];

const green: MantineColorsTuple = [
  "#e9f6ee",
  "#cfeadb",
  "#a3d8ba",
  "#6fce98",
  "#45a873",
  "#2f8f5c",
  "#237d4a",
  "#1c6b3f",
  "#175a35",
  "#12492b",
];

const orange: MantineColorsTuple = [
  "#fff6e5",
  "#fbe7c2",
  "#f6d08c",
  "#f0b44c",
  "#cf8d1d",
  "#b37409",
  "#9a5d00",
  "#8a5300",
  "#734500",
  "#5c3700",
];

const DIALOG = { title: { fontSize: "1rem", fontWeight: 600 } };

/** Dense and quiet: 13 px text, a 4 px grid, one accent, hairlines; shadows only below what floats. */
export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  colors: { accent, dark, red, green, orange, yellow: orange },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  lineHeights: { xs: "1.35", sm: "1.45", md: "1.5", lg: "1.5", xl: "1.4" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  defaultRadius: "sm",
  radius: { xs: "2px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.25rem", lineHeight: "1.3" },
      h2: { fontSize: "1rem", lineHeight: "1.4" },
      h3: { fontSize: "0.875rem", lineHeight: "1.45" },
    },
  },
  focusRing: "auto",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: "md" } },
    TextInput: { defaultProps: { size: "xs" } },
    PasswordInput: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    MultiSelect: { defaultProps: { size: "xs" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } }, styles: DIALOG },
    Drawer: { defaultProps: { closeButtonProps: { "aria-label": "Close" } }, styles: DIALOG },
    Notification: {
      defaultProps: { closeButtonProps: { "aria-label": "Close" } },
      styles: { description: { color: "var(--ink)" } },
    },
    // Without its placeholder the focus goes to the first item, and a menu holds nothing but items.
    Menu: { defaultProps: { shadow: "md", withinPortal: true, withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false } },
    Badge: {
      defaultProps: { variant: "light", size: "sm", radius: "sm" },
      styles: { root: { textTransform: "none" } },
    },
    Text: { defaultProps: { size: "sm" } },
    Table: {
      defaultProps: { verticalSpacing: 6, horizontalSpacing: "sm" },
      styles: { th: { color: "var(--ink-quiet)", fontSize: "0.75rem", fontWeight: 400 } },
    },
    Avatar: {
      styles: {
        placeholder: {
          background: "var(--ground-chosen)",
          color: "var(--accent)",
          fontSize: "0.6875rem",
          fontWeight: 600,
        },
      },
    },
    Anchor: { defaultProps: { size: "sm" } },
  },
});
