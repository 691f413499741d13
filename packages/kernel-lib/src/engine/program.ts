/** A pure function over traced arrays: written once with the operations of `ops.ts`, run by any runner. */
// oxlint-disable-next-line typescript/no-explicit-any -- a program states its own inputs; `never[]` would refuse them all
export type Program<Inputs extends any[] = any[], Output = any> = (...inputs: Inputs) => Output;
