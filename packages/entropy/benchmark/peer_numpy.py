"""The same rules in numpy, one group a call, as the Python systems have them: groups a second."""

import json
import sys
import time

import numpy as np


def discrete(ids):
    """Farquhar et al. 2024, cluster_assignment_entropy."""
    n = len(ids)
    counts = np.bincount(ids)
    probabilities = counts[counts > 0] / n
    return -(probabilities * np.log(probabilities)).sum()


def likelihood_weighted(ids, logprobs):
    """logsumexp by cluster, normalised over the group, then the entropy over clusters."""
    ids = np.asarray(ids)
    logprobs = np.asarray(logprobs)
    top = logprobs.max()
    total = top + np.log(np.exp(logprobs - top).sum())
    entropy = 0.0
    for cluster in np.unique(ids):
        mine = logprobs[ids == cluster]
        most = mine.max()
        mass = most + np.log(np.exp(mine - most).sum()) - total
        entropy -= np.exp(mass) * mass
    return entropy


def from_strings(answers):
    """Plain text as the meaning, then the discrete rule."""
    ids, known = [], {}
    for answer in answers:
        ids.append(known.setdefault(answer, len(known)))
    return discrete(ids)


def rate(run, groups):
    for group in groups:
        run(group)
    started = time.perf_counter()
    done = 0
    while time.perf_counter() - started < 1.0:
        for group in groups:
            run(group)
        done += len(groups)
    return done / (time.perf_counter() - started)


given = json.load(sys.stdin)
print(
    json.dumps(
        {
            "numpy": np.__version__,
            "discrete": rate(discrete, given["ids"]),
            "likelihood": rate(lambda ids: likelihood_weighted(ids, given["logprobs"]), given["ids"]),
            "strings": rate(from_strings, given["answers"]),
            "values": [float(discrete(ids)) for ids in given["ids"]],
            "weighted": [float(likelihood_weighted(ids, given["logprobs"])) for ids in given["ids"]],
        }
    )
)
