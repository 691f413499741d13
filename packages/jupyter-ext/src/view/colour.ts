/**
 * Colour scales of weights. All rise steadily in lightness, so they survive a photocopier; cividis was made to look alike with
 * and without red–green blindness (Nuñez, Anderton, Renslow 2018), and blue, viridis and magma are safe too.
 */
export const colourScaleNames = ["blue", "viridis", "cividis", "magma", "grey"] as const;

export type ColourScaleName = (typeof colourScaleNames)[number];

/** Red, green, blue from 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Evenly spaced from the smallest to the largest weight. Blue and grey begin near the page's own colour: nothing there, no ink. */
const stops: Readonly<Record<ColourScaleName, { light: readonly string[]; dark: readonly string[] }>> = {
  blue: {
    light: ["f0f4f9", "d6e4f3", "b3cfe9", "86b4dc", "5893ca", "3371b3", "1a5094", "0d346e"],
    dark: ["1c232c", "1f3549", "224b6c", "276493", "3b83bb", "65a5d6", "9ccaec", "e0f1ff"],
  },
  grey: {
    light: ["f4f4f4", "dcdcdc", "bdbdbd", "969696", "707070", "4c4c4c", "2b2b2b", "111111"],
    dark: ["232323", "363636", "4f4f4f", "6c6c6c", "8c8c8c", "adadad", "d0d0d0", "f4f4f4"],
  },
  viridis: bothThemes(["440154", "482878", "3e4a89", "31688e", "26828e", "1f9e89", "35b779", "6dcd59", "b4de2c", "fde725"]),
  cividis: bothThemes(["00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74", "c3b369", "e1cc55", "fee838"]),
  magma: bothThemes(["000004", "180f3d", "440f76", "721f81", "9e2f7f", "cd4071", "f1605d", "fd9668", "feca8d", "fcfdbf"]),
};

function bothThemes(colours: readonly string[]): { light: readonly string[]; dark: readonly string[] } {
  return { light: colours, dark: colours };
}

export function isColourScaleName(value: unknown): value is ColourScaleName {
  return colourScaleNames.some((name) => name === value);
}

/** The colour at `position`, from 0 (no weight) to 1 (the largest); positions outside are drawn in. */
export function colourAt(name: ColourScaleName, dark: boolean, position: number): Rgb {
  const colours = stops[name][dark ? "dark" : "light"];
  const place = Math.min(1, Math.max(0, position)) * (colours.length - 1);
  const index = Math.min(Math.floor(place), colours.length - 2);
  const [from, to] = [parseHex(colours[index] ?? ""), parseHex(colours[index + 1] ?? "")];
  const mix = (channel: 0 | 1 | 2): number => Math.round(from[channel] + (to[channel] - from[channel]) * (place - index));
  return [mix(0), mix(1), mix(2)];
}

/** Colours that can hardly be told from their neighbours: as many as a picture with a palette may have, besides none. */
export const stepCount = 255;
const steps = new Map<string, readonly Rgb[]>();

/** The scale in steps, for painting many cells. */
export function colourSteps(name: ColourScaleName, dark: boolean): readonly Rgb[] {
  const key = `${name} ${String(dark)}`;
  const made = steps.get(key) ?? Array.from({ length: stepCount }, (_, i) => colourAt(name, dark, i / (stepCount - 1)));
  steps.set(key, made);
  return made;
}

function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** The scale as Plotly wants it. */
export function plotlyColourScale(name: ColourScaleName, dark: boolean): [number, string][] {
  const count = stops[name][dark ? "dark" : "light"].length;
  return Array.from({ length: count }, (_, i) => {
    const position = i / (count - 1);
    return [position, `rgb(${colourAt(name, dark, position).join(",")})`];
  });
}

/** For laying over an image: one ink, from clear to almost opaque, so that what is looked at stays visible underneath. */
export function overlayColourScale(name: ColourScaleName): [number, string][] {
  const ink = (name === "blue" || name === "grey" ? [255, 200, 40] : colourAt(name, true, 0.85)).join(",");
  return [
    [0, `rgba(${ink},0)`],
    [1, `rgba(${ink},0.82)`],
  ];
}

/** The ink of lines: as far from the page as the scale goes and still a colour of it. */
export function lineColour(name: ColourScaleName, dark: boolean): string {
  // blue and grey run from the page's colour away; the others from dark to light on any page
  const position = name === "blue" || name === "grey" ? 0.75 : dark ? 0.85 : 0.3;
  return `rgb(${colourAt(name, dark, position).join(",")})`;
}
