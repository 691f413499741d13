"""The Python side of python-peer.ts: prepares named work and measures it, asked in JSON lines.

    from peer import serve, timed

    def matmul(n):
        a = torch.rand(n, n)
        return timed(lambda: a @ a)

    serve(matmul=matmul)
"""

import json
import sys
import time
import traceback


def timed(work, repeat=1):
    """A sample of work: how long one call takes, in ms."""

    def sample():
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        return (time.perf_counter() - start) * 1e3 / repeat

    return sample


def serve(**makers):
    """Answers until standard input ends. A maker takes the case's arguments and returns a sample: a function that returns a number."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print must not mix with the answers
    samples = []
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if "prepare" in question:
                samples.append(makers[question["prepare"]](**question["args"]))
                value = len(samples) - 1
            else:
                value = float(samples[question["sample"]]())
            answer = {"value": value}
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps({"id": question["id"], **answer}), file=answers, flush=True)
