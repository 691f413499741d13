/** A matrix in blocks of some size; in blocks of one cell, the weights themselves. */
export interface MatrixLevel {
  readonly block: readonly [number, number];
  /** [rows, columns] of blocks. */
  readonly shape: readonly [number, number];
}

/** One or more rows of a level of one head. */
export interface LevelRows {
  /** The largest weight of each block; NaN where all of it is known to be masked. */
  readonly max: Float32Array;
  /** Where a block is more than a cell. */
  readonly mean?: Float32Array;
}
