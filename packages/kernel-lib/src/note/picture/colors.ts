/**
 * Fifteen blues from paper white to navy, evenly spaced in lightness (CIELAB L* 98 → 21), so that they can be told apart in
 * grey print and with any colour vision. Fifteen, so that four bits hold a level or {@link blank}.
 */
export const levels: readonly string[] = [
  "#f7fbff",
  "#e0ecf8",
  "#caddf0",
  "#add0e6",
  "#92c3de",
  "#78b5d9",
  "#60a6d1",
  "#4a97c9",
  "#3987c1",
  "#2978b8",
  "#1c68ae",
  "#1059a2",
  "#094a92",
  "#093d7e",
  "#08306b",
];

/** The level of a cell that is not drawn: what is masked, and the gaps between heads. */
export const blank = 15;

/** Colours of everything that is not a weight. The card brings its own ground, so it reads the same on a dark page. */
export const card = { ground: "#ffffff", edge: "#d0d7de", ink: "#1f2328", quiet: "#59636e", masked: "#dfe2e6" } as const;
