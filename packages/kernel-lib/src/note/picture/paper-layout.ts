import { fit, type PaperMatrix, type PaperPage } from "./paper-page.js";

/** Points. */
const largestCell = 26;
const widestCell = 44;
const tallest = 600;
const longestColumn = 60;
const smallestFont = 4.5;
const lineHeight = 1.15;
/** Of very many labels so many are measured: more do not change what fits. */
const mostMeasured = 2000;
/** Between labels and cells. */
export const labelGap = 3;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Labels that are drawn, each at the cell of its number. */
interface Labels {
  readonly texts: readonly { readonly label: string; readonly place: number }[];
  readonly size: number;
}

interface ColumnLabels extends Labels {
  readonly direction: "across" | "slanted" | "upwards";
  readonly height: number;
  /** What slanted labels need at the right of the cells. */
  readonly overhang: number;
}

/** Where the parts of a matrix stand. */
export interface MatrixLayout {
  readonly area: Rectangle;
  readonly columnLabels: ColumnLabels;
  readonly rowLabels: Labels;
  readonly overhang: number;
}

/** Lays a matrix out within the page's width: cells as square as the labels allow, labels across, slanted or upwards. */
export function layOutMatrix(matrix: PaperMatrix, page: PaperPage): MatrixLayout {
  const { fontSize, measure } = page;
  const [rows, columns] = matrix.shape;
  const widest = (labels: readonly string[]): number =>
    labels.slice(0, mostMeasured).reduce((most, label) => Math.max(most, measure(label, fontSize)), 0);
  const nameHeight = (name: string): number => (name === "" ? 0 : fontSize * 1.25);
  const rowRoom = Math.min(page.width * 0.32, widest(matrix.rows));
  const x = nameHeight(matrix.names.rows) + rowRoom + labelGap;
  const widestColumn = widest(matrix.columns);

  const cellWidth = (overhang: number): number => {
    const available = (page.width - x - overhang) / columns;
    const square = Math.min(largestCell, available, tallest / rows);
    // words beside each other read better than words on their side
    const wanted = Math.max(square, widestColumn + 6);
    return wanted <= Math.min(available, widestCell) ? wanted : Math.min(available, Math.max(square, Math.min(12, available)));
  };
  let width = cellWidth(0);
  let columnLabels = columnLabelsOf(matrix.columns, width, widestColumn, page);
  if (columnLabels.overhang > 0) {
    width = cellWidth(columnLabels.overhang);
    columnLabels = columnLabelsOf(matrix.columns, width, widestColumn, page);
  }
  const available = page.width - x - columnLabels.overhang;
  const square = Math.min(largestCell, available / columns, tallest / rows);
  const height = rows <= 3 ? Math.max(square, Math.min(16, (available / columns) * 4)) : square;
  const rowSize = Math.max(smallestFont, Math.min(fontSize, height / 0.9));
  const y = nameHeight(matrix.names.columns) + columnLabels.height + labelGap;
  return {
    area: { x, y, width: width * columns, height: height * rows },
    columnLabels,
    rowLabels: {
      texts: pick(matrix.rows, Math.ceil((rowSize * lineHeight) / height - 0.3), rowRoom + 0.5, rowSize, page),
      size: rowSize,
    },
    overhang: columnLabels.overhang,
  };
}

function columnLabelsOf(labels: readonly string[], width: number, widest: number, page: PaperPage): ColumnLabels {
  const { fontSize, measure } = page;
  if (widest <= width - 2) {
    const texts = labels.map((label, place) => ({ label, place }));
    return { texts, size: fontSize, direction: "across", height: fontSize * lineHeight, overhang: 0 };
  }
  const size = Math.max(smallestFont, Math.min(fontSize, width / 0.75));
  const step = Math.ceil((size * lineHeight) / width);
  const texts = pick(labels, step, longestColumn, size, page);
  const longest = Math.max(0, ...texts.map(({ label }) => measure(label, size)));
  if (width * step < size * 1.5) return { texts, size, direction: "upwards", height: longest, overhang: 0 };
  const reach = texts.map(
    ({ label, place }) => (place + 0.5 - labels.length) * width + (measure(label, size) + size) * Math.SQRT1_2,
  );
  const overhang = Math.max(0, ...reach);
  return { texts, size, direction: "slanted", height: (longest + size) * Math.SQRT1_2, overhang };
}

/** Every `step`-th label, cut to the room there is. */
function pick(labels: readonly string[], step: number, room: number, size: number, page: PaperPage): Labels["texts"] {
  const every = Math.max(1, step);
  return labels.flatMap((label, place) => (place % every === 0 ? [{ label: fit(label, room, size, page), place }] : []));
}
