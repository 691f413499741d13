/** Rotary positions (Su et al. 2021, RoFormer): queries and keys are turned by an angle that grows with their position. */
import { ops, tensor, type Traced } from "../../engine/index.js";
import type { ConfigReader } from "./config.js";
import { shown } from "../../storage/shown.js";

/** One angle per pair of coordinates and position 1. */
export type Frequencies = Float32Array;

const kinds: Readonly<Record<string, (frequencies: Frequencies, rope: ConfigReader) => Frequencies>> = {
  default: (frequencies) => frequencies,
  /** Positions divided by a factor (Chen et al. 2023). */
  linear: (frequencies, rope) => frequencies.map((frequency) => frequency / rope.positive("factor")),
  /** LLaMA 3.1: slow turns are slowed down further, fast ones kept, those between interpolated. */
  llama3: (frequencies, rope) => {
    const factor = rope.positive("factor");
    const low = rope.positive("low_freq_factor");
    const high = rope.positive("high_freq_factor");
    if (high <= low)
      throw new RangeError(`config.json: expected "high_freq_factor" above "low_freq_factor" ${low}; got ${high}`);
    const context = rope.count("original_max_position_embeddings");
    return frequencies.map((frequency) => {
      const wavelength = (2 * Math.PI) / frequency;
      if (wavelength < context / high) return frequency;
      if (wavelength > context / low) return frequency / factor;
      const smooth = (context / wavelength - low) / (high - low);
      return ((1 - smooth) * frequency) / factor + smooth * frequency;
    });
  },
};

/**
 * frequencyᵢ = θ^(−2i / D), changed as the config's `rope_scaling` or `rope_parameters` says.
 *
 * @throws RangeError when the kind of scaling is not known, which the message lists, or a number makes no angles
 */
export function rotaryFrequencies(config: ConfigReader, width: number): Frequencies {
  if (width % 2 !== 0) throw new RangeError(`config.json: rotary positions need an even width of a head; got ${width}`);
  const rope = config.has("rope_parameters") ? config.section("rope_parameters") : config.section("rope_scaling");
  const theta = rope.positive("rope_theta", config.positive("rope_theta", 10_000));
  const kind = rope.text("rope_type", rope.text("type", "default"));
  if (rope.number("partial_rotary_factor", config.number("partial_rotary_factor", 1)) !== 1) {
    throw new RangeError("config.json: expected rotary positions over the whole width of a head; got a partial_rotary_factor");
  }
  const change = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (change === undefined) {
    throw new RangeError(`config.json: expected a rope_type out of ${Object.keys(kinds).join(", ")}; got ${shown(kind)}`);
  }
  const frequencies = Float32Array.from(
    { length: width / 2 },
    (_, i) => 1 / Math.fround(theta ** Math.fround((2 * i) / width)),
  );
  const changed = change(frequencies, rope);
  if (!changed.every(Number.isFinite))
    throw new RangeError(`config.json: expected rotary positions with finite angles; got "rope_theta" ${theta}`);
  return changed;
}

/**
 * x cos(pφ) + rotate(x) sin(pφ) for position p, with rotate((a, b)) = (−b, a) over the two halves of the last axis.
 * x [B, H, T, D] → the same.
 */
export function rotate(x: Traced, frequencies: Frequencies): Traced {
  const [, , tokens = 0, width = 0] = x.shape;
  const half = width / 2;
  // Angles are rounded to float32 as transformers computes them, so that far positions agree too.
  const table = (f: (angle: number) => number): Traced =>
    ops.constant(
      tensor(
        Float32Array.from({ length: tokens * width }, (_, at) =>
          f(Math.fround(Math.floor(at / width) * (frequencies[at % half] ?? 0))),
        ),
        [tokens, width],
      ),
    );
  const turned = ops.concatenate([ops.negate(ops.slice(x, half, width, -1)), ops.slice(x, 0, half, -1)], -1);
  return ops.add(ops.multiply(x, table(Math.cos)), ops.multiply(turned, table(Math.sin)));
}
