/** Reading a `tokenizer.json`: each stage is an object with a type and options. */
import { shown } from "../../storage/shown.js";

/** One stage of a tokenizer as its file describes it. */
export interface Stage {
  readonly type: string;
  readonly [option: string]: unknown;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Real files have stages in a sequence, at most in another one. */
const deepestStage = 64;

/** @throws SyntaxError when the stages of a part stand too deep in each other to be read one inside the other */
export function readStages(value: unknown, name: string): Stage | null {
  let inside = [value];
  for (let depth = 0; inside.length > 0; depth++) {
    if (depth > deepestStage)
      throw new SyntaxError(`tokenizer.json: expected ${name} to be at most ${deepestStage} levels deep`);
    inside = inside.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return readStage(value, name);
}

/** @throws SyntaxError when the value is no stage; `null` stands for none */
export function readStage(value: unknown, name: string): Stage | null {
  if (value === null || value === undefined) return null;
  if (isObject(value) && typeof value["type"] === "string") return value as Stage;
  throw new SyntaxError(`tokenizer.json: expected ${name} to be null or an object with a type`);
}

/** @throws SyntaxError always, naming the stage */
export function unknownStage(role: string, stage: Stage): never {
  throw new SyntaxError(`tokenizer.json: the ${role} ${stage.type.slice(0, 100)} is not known to this library`);
}

export function flag(stage: Stage, option: string, otherwise: boolean): boolean {
  const value = stage[option] ?? otherwise;
  if (typeof value === "boolean") return value;
  throw new SyntaxError(`tokenizer.json: expected ${option} of ${stage.type} to be true or false; got ${shown(value)}`);
}

export function text(stage: Stage, option: string, otherwise: string): string {
  const value = stage[option] ?? otherwise;
  if (typeof value === "string") return value;
  throw new SyntaxError(`tokenizer.json: expected ${option} of ${stage.type} to be text; got ${shown(value)}`);
}

/** A whole number ≥ 0; 0 where there is none. */
export function count(stage: Stage, option: string): number {
  const value = stage[option] ?? 0;
  if (Number.isSafeInteger(value) && Number(value) >= 0) return value as number;
  throw new SyntaxError(`tokenizer.json: expected ${option} of ${stage.type} to be a whole number ≥ 0; got ${shown(value)}`);
}

export function list(stage: Stage, option: string): Stage[] {
  const value = stage[option];
  if (!Array.isArray(value)) throw new SyntaxError(`tokenizer.json: expected ${option} of ${stage.type} to be a list`);
  return value.map((inner: unknown, i) => {
    const read = readStage(inner, `${option}[${i}]`);
    if (read === null)
      throw new SyntaxError(`tokenizer.json: expected ${option}[${i}] of ${stage.type} to be an object with a type`);
    return read;
  });
}

export function base64(stage: Stage, option: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text(stage, option, "")), (character) => character.charCodeAt(0));
  } catch (error) {
    throw new SyntaxError(`tokenizer.json: expected ${option} of ${stage.type} to be base64`, { cause: error });
  }
}
