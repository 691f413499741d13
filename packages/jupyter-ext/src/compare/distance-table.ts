import { element } from "../view/element.js";
import { visibleToken } from "../view/labels.js";
import type { Phrases } from "../view/options.js";
import type { Comparison } from "./comparison.js";
import { signed } from "./figures.js";

/** Rows that are listed; of more, those that differ most. */
const mostRows = 60;

/** How far apart the two are, row by row: the distance, and where each looks more than the other. */
export function distanceTable({ rows, columns, difference, distances }: Comparison, phrases: Phrases): HTMLElement {
  const K = columns.length;
  const places = [...rows.keys()];
  const listed =
    rows.length <= mostRows ? places : places.toSorted((x, y) => (distances[y] || 0) - (distances[x] || 0)).slice(0, mostRows);
  const table = element("table", "jp-HeedDistances");
  const caption = table.createCaption();
  caption.className = "jp-HeedHidden";
  caption.textContent =
    listed.length < rows.length
      ? phrases.__("How far apart the rows are (Jensen–Shannon distance, 0 to 1): the %1 that differ most", mostRows)
      : phrases.__("How far apart the rows are (Jensen–Shannon distance, 0 to 1)");
  const head = table.createTHead().insertRow();
  for (const text of [
    phrases.__("row"),
    phrases.__("distance"),
    phrases.__("A looks more at"),
    phrases.__("B looks more at"),
  ]) {
    const cell = element("th", "", text);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of listed) {
    const line = body.insertRow();
    const name = element("th", "");
    name.scope = "row";
    name.append(element("bdi", "", visibleToken(rows[row] ?? "")), " ", element("small", "", String(row + 1)));
    line.append(name);
    line.insertCell().append(distanceBar(distances[row] ?? Number.NaN, phrases));
    const values = difference.subarray(row * K, (row + 1) * K);
    for (const sign of [1, -1]) line.insertCell().append(mostMoved(values, columns, sign));
  }
  const box = element("div", "");
  const heading = element("h2", "", caption.textContent ?? "");
  heading.setAttribute("aria-hidden", "true");
  box.append(heading, table);
  return box;
}

function distanceBar(distance: number, phrases: Phrases): HTMLElement {
  if (Number.isNaN(distance)) return element("span", "", phrases.__("no weight to compare"));
  const node = element("span", "jp-HeedDistances-bar", distance.toFixed(3));
  node.style.setProperty("--jp-heed-share", `${distance * 100}%`);
  return node;
}

/** The key whose weight differs most in one direction. */
function mostMoved(values: Float32Array, columns: readonly string[], sign: number): HTMLElement {
  let [found, largest] = [-1, 0];
  values.forEach((value, column) => {
    if (value * sign > largest) [found, largest] = [column, value * sign];
  });
  const node = element("span", "");
  // what rounds to nothing is nothing to tell
  if (found < 0 || largest < 0.005) return node;
  node.append(element("bdi", "", visibleToken(columns[found] ?? "")), ` ${signed(values[found] ?? 0)}`);
  return node;
}
