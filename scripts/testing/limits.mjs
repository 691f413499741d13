/** How long a test may take, in ms: far longer than any does, for no test is about time and a busy machine must not fail one. */
export const limits = { unit: 120_000, whole: 300_000 };

/**
 * How long one expectation of a test may wait: as long as the test itself, less the moment in which it says what it waited for.
 * @param {number} limit of the test
 */
export const patience = (limit) => limit - 10_000;
