import type { NdArray, Tensor } from "../engine/index.js";
import { jupyterDisplay, type Axis, type DisplayBundle, type Note } from "../note/index.js";
import type { AttentionMaps, MapsKind, MapsNoteOptions } from "../attention/attention-maps.js";
import { writeSafetensors, type SafetensorsOptions } from "../storage/safetensors/write.js";

/** What {@link ModelOutput} is made of. */
export type ModelOutputParts = Pick<
  ModelOutput,
  "attention" | "tokens" | "targetTokens" | "ids" | "targetIds" | "truncated" | "hidden" | "lastHiddenState" | "outputs"
>;

/** What a model made of one text or image: its attention, and what else was asked for. As the last value of a cell it shows itself. */
export class ModelOutput {
  /** The attention by kind; of an encoder–decoder `encoder`, `decoder` and `cross`. */
  readonly attention: Readonly<Partial<Record<MapsKind, AttentionMaps>>>;
  /** What was read, as an axis: tokens, their places in the text, their words, which are special. */
  readonly tokens: Axis;
  /** What was written, of an encoder–decoder. */
  readonly targetTokens?: Axis;
  readonly ids?: readonly number[];
  readonly targetIds?: readonly number[];
  /** How many tokens were cut off because the text is longer than the model reads. */
  readonly truncated: number;
  /** What the first layer reads and what each layer gives: [L + 1, T, width], where hidden states were asked for. */
  readonly hidden?: Readonly<Partial<Record<"encoder" | "decoder", Tensor>>>;
  /**
   * What the model gives to its heads, transformers' `last_hidden_state` [T, width]: of an encoder–decoder its decoder's. There with the
   * hidden states, of which it is the last unless a norm follows the layers (ViT).
   */
  readonly lastHiddenState?: Tensor;
  /** What heads gave, or an ONNX model's own outputs, by name. */
  readonly outputs: Readonly<Record<string, Tensor>>;

  constructor(parts: ModelOutputParts) {
    this.attention = parts.attention;
    this.tokens = parts.tokens;
    this.truncated = parts.truncated;
    this.outputs = parts.outputs;
    if (parts.targetTokens) this.targetTokens = parts.targetTokens;
    if (parts.ids) this.ids = parts.ids;
    if (parts.targetIds) this.targetIds = parts.targetIds;
    if (parts.hidden) this.hidden = parts.hidden;
    if (parts.lastHiddenState) this.lastHiddenState = parts.lastHiddenState;
  }

  /** The attention that shows what the model does: of an encoder–decoder that over the source, otherwise that of tokens over themselves. */
  get main(): AttentionMaps {
    const { cross, decoder, encoder, self } = this.attention;
    const found = cross ?? decoder ?? encoder ?? self;
    if (found === undefined) throw new RangeError("attend: expected attention among what was asked for; there is none");
    return found;
  }

  /** The weights of {@link main}: [L, H, Q, K]. */
  get weights(): NdArray {
    return this.main.weights;
  }

  /** [T, vocabulary], where it was asked for. */
  get logits(): Tensor | undefined {
    return this.outputs["logits"];
  }

  toNote(options: MapsNoteOptions & { readonly kind?: MapsKind } = {}): Note {
    const { kind, ...rest } = options;
    const maps = kind === undefined ? this.main : this.attention[kind];
    if (maps === undefined) {
      throw new RangeError(`toNote: expected a kind out of ${Object.keys(this.attention).join(", ")}; got ${kind}`);
    }
    return maps.toNote(rest);
  }

  [jupyterDisplay](): DisplayBundle {
    return this.main[jupyterDisplay]();
  }

  /** Every tensor by its name: `encoder.weights`, `encoder.query` …, `encoder.hidden`, `logits` … */
  tensors(): Record<string, Tensor> {
    const named: Record<string, Tensor> = {};
    for (const [kind, maps] of Object.entries(this.attention)) {
      if (maps === undefined) continue;
      for (const [name, value] of Object.entries(maps.tensors())) named[`${kind}.${name}`] = value;
    }
    for (const [stack, value] of Object.entries(this.hidden ?? {})) named[`${stack}.hidden`] = value;
    return { ...named, ...(this.lastHiddenState && { lastHiddenState: this.lastHiddenState }), ...this.outputs };
  }

  /**
   * Writes everything to a `.safetensors` file, which Python opens with `safetensors.numpy.load_file`. The tokens are in its metadata
   * as JSON: `tokens`, and `targetTokens` of an encoder–decoder.
   */
  async save(file: string, options: SafetensorsOptions = {}): Promise<void> {
    const metadata = {
      tokens: JSON.stringify(this.tokens.tokens),
      ...(this.targetTokens && { targetTokens: JSON.stringify(this.targetTokens.tokens) }),
      ...(this.tokens.text !== undefined && { text: this.tokens.text }),
      ...(this.main.model !== undefined && { model: this.main.model }),
    };
    await writeSafetensors(file, this.tensors(), metadata, options);
  }
}
