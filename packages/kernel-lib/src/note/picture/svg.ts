/** Text that is safe inside XML: markup escaped, characters that XML forbids replaced. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element; `children` are elements already, text goes through {@link text}. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escapeXml(value)}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/**
 * A line of text. Signs that begin a formula stand in elements of their own: a page around the picture that typesets formulas, as
 * nbconvert's do, looks for them within one piece of text, and would put its own markup into the picture.
 */
export function text(content: string, attributes: Attributes): string {
  return element("text", attributes, escapeXml(content).replaceAll(/\$|\\(?=[([]|begin)/g, "<tspan>$&</tspan>"));
}

const round = (value: number): number => Math.round(value * 100) / 100;
