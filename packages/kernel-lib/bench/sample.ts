/** One measurement, in the unit of its case. */
export type Sample = () => Promise<number> | number;
