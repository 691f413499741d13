/** What the main thread and the control thread share. */

/** Places in the shared array. */
export const flag = {
  /** The number of the last interrupt that the main thread heard. */
  heard: 0,
  /** The number of the last interrupt for which the main thread's code was ended. */
  terminated: 1,
  /** Not 0 while the main thread does what must not be ended half-way: compile, load a module. */
  protected: 2,
};
export const flagCount = 3;
