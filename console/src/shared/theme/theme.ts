import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** Persian turquoise: the one accent. Shade 7 on paper has a contrast of 5.2 : 1. */
const firuze: MantineColorsTuple = [
  "#e5f6f5",
  "#cbecea",
  "#9bdcd8",
  "#68cac5",
  "#3fb8b3",
  "#20a4a0",
  "#0f8c8b",
  "#0a7576",
  "#085f61",
  "#054648",
];

/** Greys of paper and ink instead of the library's bluish ones; dark 7 is the page, 6 the sheet. */
const gray: MantineColorsTuple = [
  "#f7f5f0",
  "#f1eee7",
  "#e9e5dc",
  "#e2dfd7",
  "#cfcbc1",
  "#a3a098",
  "#6d6b65",
  "#595752",
  "#3c3b38",
  "#23221f",
];
const dark: MantineColorsTuple = [
  "#e6e8e6",
  "#b7bfc2",
  "#a3acb0",
  "#7b868a",
  "#3a4346",
  "#2e3538",
  "#1b2022",
  "#14181a",
  "#101315",
  "#0b0d0e",
];

const FONT = '"Vazirmatn Variable", system-ui, sans-serif';

export const theme = createTheme({
  colors: { firuze, gray, dark },
  primaryColor: "firuze",
  // One shade in both schemes: white text on it keeps 4.5 : 1, and it keeps 3 : 1 on the dark page.
  primaryShade: 7,
  autoContrast: true,
  luminanceThreshold: 0.32,
  fontFamily: FONT,
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, monospace',
  headings: { fontFamily: FONT, fontWeight: "650" },
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  lineHeights: { xs: "1.5", sm: "1.55", md: "1.65", lg: "1.65", xl: "1.5" },
  defaultRadius: "sm",
  radius: { xs: "2px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  cursorType: "pointer",
  components: {
    Tooltip: {
      defaultProps: {
        withArrow: true,
        openDelay: 300,
        events: { hover: true, focus: true, touch: false },
      },
    },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4 } },
      // On a dark page a shadow does not show where the dialog ends.
      styles: {
        content: { border: "1px solid var(--rule)", background: "var(--sheet)" },
        header: { background: "var(--sheet)" },
        title: { fontWeight: 650 },
      },
    },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: "lg" } },
    Select: { defaultProps: { checkIconPosition: "right", size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
  },
});
