/** The pieces that derivations are laid out with. */
import { element } from "../view/element.js";
import { visibleToken } from "../view/labels.js";
import { precise } from "../view/wording.js";

/** A number as derivations write it: with a true minus sign, so that columns of numbers read well. */
export function written(value: number): string {
  return precise(value).replaceAll("-", "−");
}

/** Numbers that stand below each other, with as many decimals as the one that needs most. */
export function column(values: readonly number[]): string[] {
  const texts = values.map(written);
  const decimals = Math.max(0, ...texts.map((text) => (/^−?\d+\.(\d+)$/.exec(text)?.[1] ?? "").length));
  return values.map((value, i) => {
    const text = texts[i] ?? "";
    return text.includes("e") || value === 0 ? text : value.toFixed(decimals).replace("-", "−");
  });
}

/** e to a power, as it is printed. */
export function power(exponent: string): HTMLElement {
  const node = element("span", "", "e");
  node.append(element("sup", "", exponent));
  return node;
}

/** A token in a direction of its own, so that right-to-left text does not turn the formula around it. */
export function token(text: string): HTMLElement {
  return element("bdi", "", visibleToken(text));
}

/** A token, with its number where another looks the same. */
export function numberedToken(tokens: readonly string[], place: number): HTMLElement {
  const text = tokens[place] ?? "";
  const node = element("span", "");
  node.append(token(text));
  if (tokens.indexOf(text) !== tokens.lastIndexOf(text)) node.append(" ", element("small", "", String(place + 1)));
  return node;
}

/** One step: what it is, its formula, and below that its numbers. */
export function step(name: string, formula: readonly (Node | string)[], ...content: Node[]): HTMLElement {
  const node = element("li", "jp-HeedDerivation-step");
  const heading = element("div", "jp-HeedDerivation-heading");
  const symbols = element("span", "jp-HeedDerivation-formula");
  symbols.append(...formula);
  heading.append(element("strong", "", name), symbols);
  node.append(heading, ...content);
  return node;
}

/** A line of text with numbers. */
export function line(...content: (Node | string)[]): HTMLElement {
  const node = element("p", "jp-HeedDerivation-line");
  node.append(...content);
  return node;
}

/** A number that a line leads to. */
export function result(text: string): HTMLElement {
  return element("strong", "jp-HeedDerivation-result", text);
}

/** A table of numbers; what it is of is said to screen readers only, as the step's heading says it to the eye. */
export class NumberTable {
  readonly node = element("div", "jp-HeedDerivation-table");
  readonly #table = element("table", "");
  readonly #width: number;

  constructor(name: string, headings: readonly (Node | string)[]) {
    this.#width = headings.length;
    const caption = this.#table.createCaption();
    caption.className = "jp-HeedHidden";
    caption.textContent = name;
    const row = this.#table.createTHead().insertRow();
    for (const heading of headings) {
      // over the bars, which only repeat a column of numbers
      if (heading === "") {
        row.insertCell();
        continue;
      }
      const cell = element("th", "");
      cell.scope = "col";
      cell.append(heading);
      row.append(cell);
    }
    this.#table.createTBody();
    this.node.append(this.#table);
  }

  /** The first entry is the row's heading. */
  add(entries: readonly (Node | string)[], className = ""): HTMLTableRowElement {
    const [body] = this.#table.tBodies;
    const row = (body ?? this.#table).insertRow();
    row.className = className;
    entries.forEach((entry, i) => {
      const cell = element(i === 0 ? "th" : "td", "");
      if (i === 0) (cell as HTMLTableCellElement).scope = "row";
      cell.append(entry);
      row.append(cell);
    });
    return row;
  }

  /** A row over the whole width, for what is folded away. */
  addNote(content: Node | string): HTMLTableRowElement {
    const [body] = this.#table.tBodies;
    const row = (body ?? this.#table).insertRow();
    row.className = "jp-mod-rest";
    const cell = row.insertCell();
    cell.colSpan = this.#width;
    cell.append(content);
    return row;
  }
}

/** A bar from 0 to a value, left of the middle where negative; `largest` fills its half. */
export function bar(value: number, largest: number, hasNegative: boolean): HTMLElement {
  const node = element("span", "jp-HeedDerivation-bar");
  const share = largest > 0 ? (Math.abs(value) / largest) * (hasNegative ? 50 : 100) : 0;
  const inner = element("span", value < 0 ? "jp-mod-negative" : "");
  inner.style.width = `${share}%`;
  inner.style.left = `${hasNegative ? (value < 0 ? 50 - share : 50) : 0}%`;
  if (value !== 0) node.append(inner);
  node.classList.toggle("jp-mod-signed", hasNegative);
  node.setAttribute("aria-hidden", "true");
  return node;
}

/** Of a list that is folded: a sentence with a button that unfolds it. */
export function unfoldButton(text: string, label: string, onUnfold: () => void): HTMLElement {
  const node = element("span", "", `${text} `);
  const button = element("button", "jp-HeedLink", label);
  button.type = "button";
  button.addEventListener("click", onUnfold);
  node.append(button);
  return node;
}
