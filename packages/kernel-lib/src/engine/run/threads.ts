/**
 * What ONNX Runtime is told of its threads. They wait for work by spinning, by default also after a run: with several sessions they take the
 * processor from the one that runs. A small BERT that was trained on texts of several lengths, with a session for each, took twice the time.
 */
export const restAfterRuns = { force_spinning_stop: "1" } as const;
