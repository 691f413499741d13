import { expect, test } from "vitest";
import {
  colourAt,
  colourScaleNames,
  isColourScaleName,
  overlayColourScale,
  plotlyColourScale,
  type Rgb,
} from "../src/view/colour.js";

/** CIE lightness of an sRGB colour, from 0 to 100. */
function lightness(rgb: Rgb): number {
  const [r, g, b] = rgb.map((channel) =>
    channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4,
  );
  const y = 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}

test.each(colourScaleNames.flatMap((name) => [[name, false] as const, [name, true] as const]))(
  "%s (dark: %s) rises or falls in lightness all the way, so that it survives a photocopier",
  (name, dark) => {
    const steps = Array.from({ length: 50 }, (_, i) => lightness(colourAt(name, dark, i / 49)));
    const direction = Math.sign((steps.at(-1) ?? 0) - (steps[0] ?? 0));
    for (let i = 1; i < steps.length; i++) expect(direction * ((steps[i] ?? 0) - (steps[i - 1] ?? 0))).toBeGreaterThan(0);
    expect(Math.abs((steps.at(-1) ?? 0) - (steps[0] ?? 0))).toBeGreaterThan(50);
  },
);

test("a weight of 0 is near the page's colour on blue: white in the light theme, black in the dark", () => {
  expect(lightness(colourAt("blue", false, 0))).toBeGreaterThan(94);
  expect(lightness(colourAt("blue", true, 0))).toBeLessThan(20);
});

test("positions outside the scale have the colours of its ends", () => {
  expect(colourAt("viridis", false, -1)).toEqual([0x44, 0x01, 0x54]);
  expect(colourAt("viridis", false, 7)).toEqual([0xfd, 0xe7, 0x25]);
});

test("Plotly gets the same colours", () => {
  const scale = plotlyColourScale("magma", false);
  expect(scale[0]).toEqual([0, "rgb(0,0,4)"]);
  expect(scale.at(-1)).toEqual([1, "rgb(252,253,191)"]);
  for (const [position, colour] of scale) expect(colour).toBe(`rgb(${colourAt("magma", false, position).join(",")})`);
});

test("over an image, no weight is clear and the largest still lets the image through", () => {
  for (const name of colourScaleNames) {
    const [first, last] = overlayColourScale(name);
    expect(first?.[1]).toMatch(/,0\)$/);
    expect(last?.[1]).toMatch(/,0\.82\)$/);
  }
});

test("only the names of scales are names of scales", () => {
  expect(isColourScaleName("cividis")).toBe(true);
  expect(isColourScaleName("jet")).toBe(false);
  expect(isColourScaleName(undefined)).toBe(false);
});
