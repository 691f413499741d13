/** What figures read from the page they are on. */
import type { MeasureText } from "./labels.js";
import type { Theme } from "./options.js";

/** The current JupyterLab theme. A figure that leaves the page brings its background along. */
export function readTheme(background: "page" | "none"): Theme {
  const style = getComputedStyle(document.body);
  const read = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  const dark = document.body.dataset["jpThemeLight"] === "false";
  return {
    dark,
    background: background === "none" ? "rgba(0,0,0,0)" : read("--jp-layout-color0", dark ? "#111" : "#fff"),
    text: read("--jp-content-font-color1", dark ? "#fff" : "#000"),
    mutedText: read("--jp-content-font-color2", dark ? "#bbb" : "#555"),
    line: read("--jp-border-color1", dark ? "#616161" : "#bdbdbd"),
    font: read("--jp-ui-font-family", "system-ui, sans-serif"),
  };
}

let context: CanvasRenderingContext2D | null | undefined;

/** Measures with a canvas, in the font of the figures. */
export function textMeasurer(theme: Theme): MeasureText {
  context ??= document.createElement("canvas").getContext("2d");
  const widths = new Map<string, number>();
  return (text, fontSize) => {
    const key = `${fontSize} ${text}`;
    let width = widths.get(key);
    if (width === undefined) {
      if (!context) return text.length * fontSize * 0.6;
      context.font = `${fontSize}px ${theme.font}`;
      width = context.measureText(text).width;
      widths.set(key, width);
    }
    return width;
  };
}

/** The value of one of the theme's colours, for a canvas, which cannot ask for it by name. */
export function pageColour(name: `--jp-${string}`): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim() || "#1976d2";
}
