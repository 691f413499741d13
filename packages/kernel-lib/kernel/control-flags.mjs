/** What the main thread and the control thread share. */

/** Places in the shared array. */
export const flag = {
  /** The number of the last interrupt that was asked for. */
  asked: 0,
  /** The number of the last interrupt that the main thread heard. */
  heard: 1,
  /** The number of the last interrupt whose cell has ended; also where there was none. */
  settled: 2,
  /** The last sign of life that the main thread gave when asked for one. */
  pulse: 3,
  /** 1 while the main thread waits for what the person types, then 0. */
  input: 4,
};
export const flagCount = 5;
