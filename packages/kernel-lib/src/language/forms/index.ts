/** The four ways to say where weights come from. */
import type { Form } from "../fields.js";
import type { Reading } from "../read.js";
import type { Labelled } from "./common.js";
import { readSelf } from "./self.js";
import { readSummary } from "./summary.js";
import { readVectors } from "./vectors.js";
import { readWeights } from "./weights.js";

export type { Labelled } from "./common.js";

export function readForm(reading: Reading, form: Form): Labelled | undefined {
  switch (form) {
    case "weights":
      return readWeights(reading);
    case "vectors":
      return readVectors(reading);
    case "self":
      return readSelf(reading);
    case "summary":
      return readSummary(reading);
  }
}
