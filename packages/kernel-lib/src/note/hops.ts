/** Two hops whose distributions have at least this cosine are called nearly the same. */
export const nearlySame = 0.95;

/** How much the hops of a summary look at the same tokens (Lin et al. 2017, "A Structured Self-attentive Sentence Embedding", §2.2). */
export interface HopOverlap {
  /** AAᵀ, row-major [R, R]: 1 on the diagonal where a hop looks at one token only, 0 beside it where two hops share none. */
  readonly matrix: Float32Array;
  /** The cosines of the hops' distributions, row-major [R, R]. */
  readonly cosines: Float32Array;
  /** ‖AAᵀ − I‖², the squared Frobenius norm that training adds to the loss to push hops apart. */
  readonly penalty: number;
}

/** @param weights A [R, T], row-major; masked weights (NaN) count as 0 */
export function overlapOf(weights: Float32Array, hops: number): HopOverlap {
  const tokens = hops === 0 ? 0 : weights.length / hops;
  const matrix = new Float32Array(hops * hops);
  for (let i = 0; i < hops; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let t = 0; t < tokens; t++) sum += (weights[i * tokens + t] || 0) * (weights[j * tokens + t] || 0);
      matrix[i * hops + j] = sum;
      matrix[j * hops + i] = sum;
    }
  }
  const lengths = Array.from({ length: hops }, (_, hop) => Math.sqrt(matrix[hop * hops + hop] ?? 0));
  const cosines = matrix.map((sum, at) => {
    const product = (lengths[Math.floor(at / hops)] ?? 0) * (lengths[at % hops] ?? 0);
    return product > 0 ? sum / product : 0;
  });
  return { matrix, cosines, penalty: penaltyOf(matrix, hops) };
}

/** ‖AAᵀ − I‖² over all hops, or over all but one. */
export function penaltyOf(overlap: Float32Array, hops: number, without = -1): number {
  let penalty = 0;
  for (let i = 0; i < hops; i++) {
    for (let j = 0; j < hops; j++) {
      if (i !== without && j !== without) penalty += ((overlap[i * hops + j] ?? 0) - (i === j ? 1 : 0)) ** 2;
    }
  }
  return penalty;
}

/** The hop that is most like another; undefined where there is no other. */
export function closestHop({ cosines }: HopOverlap, hops: number, hop: number): { hop: number; cosine: number } | undefined {
  let found: { hop: number; cosine: number } | undefined;
  for (let other = 0; other < hops; other++) {
    const cosine = cosines[hop * hops + other] ?? 0;
    if (other !== hop && (!found || cosine > found.cosine)) found = { hop: other, cosine };
  }
  return found;
}

/** An even hop's weights are 1 ÷ T only up to their rounding. */
const moreThanEven = 1.001;

/** Tokens to which some hop gives more than an even share, 1 ÷ T; of all hops, or of all but one. */
export function coveredTokens(weights: Float32Array, hops: number, without = -1): number {
  const tokens = hops === 0 ? 0 : weights.length / hops;
  let covered = 0;
  for (let t = 0; t < tokens; t++) {
    for (let hop = 0; hop < hops; hop++) {
      if (hop === without || !((weights[hop * tokens + t] ?? 0) > moreThanEven / tokens)) continue;
      covered++;
      break;
    }
  }
  return covered;
}

/**
 * The share of a hop's vector that the other hops' vectors cannot make together: ‖c − P c‖² ÷ ‖c‖², where P projects onto their
 * span. 0: leaving the hop out loses nothing; 1: it stands at right angles to all others.
 *
 * @param vectors C [R, V], row-major
 */
export function ownShare(vectors: Float32Array, hops: number, hop: number): number {
  const width = hops === 0 ? 0 : vectors.length / hops;
  const vector = (index: number): Float64Array => Float64Array.from(vectors.subarray(index * width, (index + 1) * width));
  const basis: Float64Array[] = [];
  for (let other = 0; other < hops; other++) {
    if (other === hop) continue;
    const whole = vector(other);
    const rest = reject(whole, basis);
    const length = Math.sqrt(dot(rest, rest));
    // what is left of a vector in the span of those before is rounding
    if (length > 1e-6 * Math.sqrt(dot(whole, whole))) basis.push(rest.map((x) => x / length));
  }
  const own = vector(hop);
  const all = dot(own, own);
  const rest = reject(own, basis);
  return all > 0 ? Math.min(1, dot(rest, rest) / all) : 0;
}

/** A vector without its part in the span of orthonormal vectors. */
function reject(vector: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const rest = vector.slice();
  for (const unit of basis) {
    const part = dot(rest, unit);
    for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] ?? 0) - part * (unit[i] ?? 0);
  }
  return rest;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
