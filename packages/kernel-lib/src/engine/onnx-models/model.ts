import type { Tensor } from "../tensor.js";
import type { ExposedAttention, GraphInput, InputRole } from "./described.js";

export interface OnnxOptions {
  /** Where it runs; ONNX Runtime's names, `["cpu"]` unless given. */
  readonly providers?: readonly string[];
  /** Threads of one operation; as many as there are cores unless given. */
  readonly threads?: number;
  /** What inputs are for, where inferring it goes wrong. */
  readonly roles?: Readonly<Record<string, InputRole>>;
}

/** An ONNX model whose attention can be asked for. */
export interface OnnxModel {
  readonly inputs: readonly GraphInput[];
  /** The outputs of the file. */
  readonly outputs: readonly string[];
  readonly attention: readonly ExposedAttention[];
  /** What may hold attention and was not opened: fused nodes by operation, functions, bodies of loops and branches. */
  readonly closed: readonly string[];
  /** Runs the model on all its inputs and gives the outputs named; those not named are not copied out. */
  run(feeds: Readonly<Record<string, Tensor>>, fetch: readonly string[]): Promise<Record<string, Tensor>>;
  /** Frees the model; it cannot run afterwards. */
  close(): Promise<void>;
}
