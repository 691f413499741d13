/**
 * What ONNX Runtime is told of its threads. They wait for work by spinning, by default for 40 ms after a run: with several sessions they take the
 * processor from the one that runs. A small BERT that was trained on texts of several lengths, with a session for each, took twice the time.
 * So long (in µs) they wait now: longer than from one parallel operation to the next, much shorter than a run that is worth several threads.
 * (`force_spinning_stop`, which ends the waiting with the run, leaves a run that meets threads at rest with one of them.)
 */
export const spinning = { intra_op: { spin_duration_us: "200" } } as const;
