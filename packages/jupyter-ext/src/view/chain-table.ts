import type { NoteScore } from "heed/note";
import type { Chain } from "./chain.js";
import { brief } from "./colour-value.js";
import { element } from "./element.js";
import { visibleToken } from "./labels.js";
import type { Phrases } from "./options.js";
import { precise } from "./wording.js";

/** Components of a vector that are written out; of a longer one the first and its length. */
const writtenComponents = 6;

/** The score of a query q and a key k, as the seed of every picture. */
const formulas: Readonly<Record<NoteScore["name"], string>> = {
  dot: "m = q·k",
  scaled: "m = q·k ÷ √D",
  general: "m = qᵀW k",
  concat: "m = vᵀtanh(W[q; k])",
  additive: "m = vᵀtanh(W q + U k + b)",
  cosine: "m = cos(q, k)",
  summary: "m = V tanh(W hᵀ)",
};

/** The formula of a score with what the note says of it: without a bias where there is none, with another scale than 1/√D. */
function scoreFormula({ name, scale, parameters }: NoteScore, width: number | undefined): string {
  if (name === "additive" && !parameters?.["b"]) return "m = vᵀtanh(W q + U k)";
  if (name !== "scaled" || scale === undefined || width === undefined) return formulas[name];
  return Math.abs(scale * Math.sqrt(width) - 1) < 1e-4 ? formulas.scaled : `m = ${brief(scale)} · q·k`;
}

/** One query's way through attention as a table: keys, scores m, weights a, and the attention vector c = Σ a·v. */
export function chainTable(chain: Chain, score: NoteScore | undefined, phrases: Phrases): HTMLElement {
  const { links } = chain;
  const table = element("table", "jp-HeedChain-table");
  const row = (
    label: string,
    hint: string,
    cells: readonly (Node | string)[],
    total: readonly (Node | string)[] = [],
  ): void => {
    const line = table.insertRow();
    const heading = element("th", "jp-HeedChain-label", label);
    heading.scope = "row";
    heading.title = hint;
    line.append(heading);
    for (const cell of cells) line.insertCell().append(cell);
    const last = line.insertCell();
    last.className = "jp-HeedChain-total";
    last.append(...total);
  };

  const head = table.createTHead().insertRow();
  head.append(corner(chain));
  for (const { token } of links) {
    const cell = element("th", "jp-HeedChain-token", visibleToken(token));
    cell.scope = "col";
    head.append(cell);
  }
  head.append(element("td", "jp-HeedChain-total"));

  if (links.some(({ key }) => key)) {
    const label = chain.keysAreValues ? "k = v" : "k";
    row(
      label,
      chain.keysAreValues ? phrases.__("keys, which are also the values") : phrases.__("keys"),
      links.map(({ key }) => vector(key)),
    );
  }
  if (links.some((link) => link.score !== undefined)) {
    const formula = score ? scoreFormula(score, links.find(({ key }) => key)?.key?.length) : "m";
    row(
      formula,
      phrases.__("scores"),
      links.map((link) => (link.score === undefined ? "" : precise(link.score))),
    );
  }
  const sum = links.reduce((total, { weight }) => total + weight, 0);
  const temperature = score?.temperature ?? 1;
  const divided = temperature === 1 ? "m" : `m ÷ ${brief(temperature)}`;
  row(
    links.some((link) => link.score !== undefined) ? `a = softmax(${divided})` : "a",
    temperature === 1 ? phrases.__("weights") : phrases.__("weights: temperature %1 divides every score", brief(temperature)),
    links.map(({ weight, masked }) => weightBar(masked ? phrases.__("masked") : precise(weight), weight)),
    [`Σ = ${brief(sum)}`],
  );
  if (links.some(({ value }) => value) && !chain.keysAreValues) {
    row(
      "v",
      phrases.__("values"),
      links.map(({ value }) => vector(value)),
    );
  }
  if (links.some(({ contribution }) => contribution) || chain.output) {
    row(
      "a·v",
      phrases.__("what each key adds"),
      links.map(({ contribution }) => vector(contribution)),
      chain.output ? ["c = ", vector(chain.output)] : [],
    );
  }
  const box = element("div", "jp-HeedChain");
  box.append(table);
  return box;
}

function corner({ query }: Chain): HTMLElement {
  const cell = element("td", "jp-HeedChain-label");
  if (query) cell.append(element("bdi", "", `q = ${visibleToken(query.token)} = `), vector(query.vector));
  return cell;
}

function weightBar(text: string, weight: number): HTMLElement {
  const bar = element("span", "jp-HeedChain-weight", text);
  bar.style.setProperty("--jp-heed-share", `${Math.min(1, Math.max(0, weight)) * 100}%`);
  return bar;
}

/** A column of numbers in brackets. */
function vector(components: readonly number[] | undefined): Node | string {
  if (!components) return "";
  const node = element("span", "jp-HeedVector");
  const written = components.length > writtenComponents ? components.slice(0, writtenComponents - 2) : components;
  node.append(...written.map((x) => element("span", "", brief(x))));
  if (written.length < components.length) node.append(element("span", "jp-HeedVector-rest", `⋮ ${components.length}`));
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", `(${written.map(brief).join(", ")}${written.length < components.length ? ", …" : ""})`);
  return node;
}
