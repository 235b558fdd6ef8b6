"""Math-Verify on the rows of a corpus, JSON lines in and out; `accuracy.ts --peer PYTHON` runs it.

The interpreter needs `pip install math-verify`. A row costs one parse of the reference, one parse of the answer and one
verify, timed together; caches are as they come. Bare LaTeX is wrapped in `$...$`.
"""

import json
import logging
import re
import sys
import time
from importlib.metadata import version

from math_verify import (
    ExprExtractionConfig,
    LatexExtractionConfig,
    StringExtractionConfig,
    parse,
    verify,
)

MARKED = re.compile(r"(?<!\\)\$|\\boxed|\\\(|\\\[")
logging.disable(logging.CRITICAL)
results, sys.stdout = sys.stdout, sys.stderr


def dressed(text):
    return text if MARKED.search(text) else f"${text}$"


def configurations(names, options):
    """Boxes first, as every serious user has it, unless the row asks otherwise."""
    known = {
        "latex": LatexExtractionConfig(boxed_match_priority=options.get("boxedPriority", 0)),
        "expr": ExprExtractionConfig(),
        "string": StringExtractionConfig(strings=tuple(options.get("strings", "ABCDEFGHIJ"))),
    }
    return [known[name] for name in names]


def check(row):
    options = row.get("options") or {}
    target = row["extract"]
    both = configurations(["latex", "expr"], options)
    found = both if target is None else configurations(options.get("targets", [target]), options)
    gold_text = row["gold"] if target == "string" else dressed(row["gold"])
    answer_text = dressed(row["answer"]) if target is None else row["answer"]
    gold = parse(gold_text, extraction_config=found if target == "string" else both)
    answer = parse(answer_text, extraction_config=found)
    return verify(
        gold,
        answer,
        float_rounding=options.get("floatRounding", 6),
        strict=options.get("strict", True),
        allow_set_relation_comp=options.get("allowSetRelationComp", False),
    )


print(f"Math-Verify {version('math-verify')}, SymPy {version('sympy')}", file=sys.stderr)
for line in sys.stdin:
    row = json.loads(line)
    started = time.perf_counter()
    try:
        equal = bool(check(row))
        failure = None
    except Exception as error:  # a crash is a verdict too: not equal
        equal, failure = False, type(error).__name__
    milliseconds = 1000 * (time.perf_counter() - started)
    results.write(json.dumps({"equal": equal, "milliseconds": milliseconds, "failure": failure}) + "\n")
