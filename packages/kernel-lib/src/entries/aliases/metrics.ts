/** Names that stood in "heed" itself before `heed/metrics` had them; they go with the next release but one. */
export {
  /** @deprecated Import it from "heed/metrics". */
  pointsAt,
  /** @deprecated Import it from "heed/metrics". */
  alignmentErrorRate,
  /** @deprecated Import it from "heed/metrics". */
  formatAlignment,
  /** @deprecated Import it from "heed/metrics". */
  linksFromAttention,
  /** @deprecated Import it from "heed/metrics". */
  parseAlignment,
  /** @deprecated Import it from "heed/metrics". */
  type Alignment,
  /** @deprecated Import it from "heed/metrics". */
  type AlignmentLink,
  /** @deprecated Import it from "heed/metrics". */
  type AlignmentScore,
  /** @deprecated Import it from "heed/metrics". */
  bleu,
  /** @deprecated Import it from "heed/metrics". */
  exactMatch,
  /** @deprecated Import it from "heed/metrics". */
  type BleuOptions,
  /** @deprecated Import it from "heed/metrics". */
  type BleuScore,
  /** @deprecated Import it from "heed/metrics". */
  type BleuTokenizer,
} from "../metrics.js";
