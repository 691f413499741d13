/**
 * The cells of a heat map, drawn in place of Plotly's own way, which reads a canvas back (see png.ts) and draws cells with gaps at the
 * resolution of a page that is not zoomed. Here a picture has one pixel for each cell, which browsers enlarge without blur, and the gaps
 * are cut out of it as shapes: edges are sharp at every zoom.
 */
import { stepCount } from "./colour.js";
import { palettePixels } from "./pixels.js";
import { pngUrl, type Rgba } from "./png.js";

/** An axis of Plotly, which tells pixels from the corner of the plot. */
interface Scale {
  c2p(value: number): number;
}

/** What Plotly has made of a heat map: the edges of its cells, its values (none where masked), and what was given. */
interface CalculatedHeatmap {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly z: readonly (readonly (number | undefined)[])[];
  readonly trace: {
    readonly zmin: number;
    readonly zmax: number;
    readonly xgap: number;
    readonly ygap: number;
    readonly colorscale: readonly (readonly [number, string])[];
  };
}

const svg = "http://www.w3.org/2000/svg";
let clips = 0;

/** Draws the heat maps of a plot, anew each time; as a trace module's `plot` is called. */
export function plotCells(
  _: unknown,
  { xaxis, yaxis }: { readonly xaxis: Scale; readonly yaxis: Scale },
  heatmaps: readonly (readonly [CalculatedHeatmap])[],
  layer: { node(): SVGElement },
): void {
  layer.node().replaceChildren(...heatmaps.map(([heatmap]) => drawCells(heatmap, xaxis, yaxis)));
}

function drawCells({ x, y, z, trace }: CalculatedHeatmap, across: Scale, down: Scale): SVGElement {
  const { zmin, zmax, xgap, ygap, colorscale } = trace;
  const [left, right] = [across.c2p(x[0] ?? 0), across.c2p(x.at(-1) ?? 0)];
  const [top, bottom] = [down.c2p(y[0] ?? 0), down.c2p(y.at(-1) ?? 0)];
  const shape = [z.length, x.length - 1] as const;
  const pixels = palettePixels(z.flat(), (value) => (value - zmin) / (zmax - zmin), stepCount);
  const image = make("image", {
    x: left,
    y: top,
    width: right - left,
    height: bottom - top,
    preserveAspectRatio: "none",
    href: pngUrl(pixels, shape, paletteOf(colorscale)),
    style: "image-rendering: pixelated",
  });
  const group = make("g", { class: "hm" });
  if (xgap === 0 && ygap === 0) {
    group.append(image);
    return group;
  }
  // within columns, and of these within rows
  const columns = stripes(
    x.map((edge) => across.c2p(edge)),
    xgap,
  ).map(([from, to]) => `M${from},${top}H${to}V${bottom}H${from}Z`);
  const rows = stripes(
    y.map((edge) => down.c2p(edge)),
    ygap,
  ).map(([from, to]) => `M${left},${from}V${to}H${right}V${from}Z`);
  const inside = make("g", {});
  inside.append(image);
  group.append(clip(columns, group), clip(rows, inside), inside);
  return group;
}

/** Where cells begin and end between the gaps around them. */
function stripes(edges: readonly number[], gap: number): [number, number][] {
  const before = Math.floor(gap / 2);
  return edges.slice(1).map((end, i) => [(edges[i] ?? 0) + before, end - gap + before]);
}

/** Shows of an element what is inside of a path. */
function clip(path: readonly string[], element: SVGElement): SVGElement {
  const id = `jp-heed-cells-${++clips}`;
  const node = make("clipPath", { id });
  node.append(make("path", { d: path.join("") }));
  element.setAttribute("clip-path", `url(#${id})`);
  return node;
}

function make(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const node = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  return node;
}

/** A scale of Plotly in steps. */
function paletteOf(scale: readonly (readonly [number, string])[]): Rgba[] {
  const stops = scale.map(([at, colour]) => ({ at, colour: rgbaOf(colour) }));
  return Array.from({ length: stepCount }, (_, i) => {
    const position = i / (stepCount - 1);
    const next = Math.max(
      1,
      stops.findIndex(({ at }) => at >= position),
    );
    const [from, to] = [stops[next - 1], stops[next]];
    if (!from || !to) return [0, 0, 0, 0];
    const part = (position - from.at) / (to.at - from.at);
    const mix = (channel: 0 | 1 | 2 | 3): number =>
      Math.round(from.colour[channel] + (to.colour[channel] - from.colour[channel]) * part);
    return [mix(0), mix(1), mix(2), mix(3)];
  });
}

/** `rgb(1,2,3)` or `rgba(1,2,3,0.5)`. */
function rgbaOf(colour: string): Rgba {
  const [red = 0, green = 0, blue = 0, opacity = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue, Math.round(opacity * 255)];
}
