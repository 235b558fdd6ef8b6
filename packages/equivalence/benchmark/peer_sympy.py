"""Rewrites and judges random expressions, JSON lines in and out; `sympy_agreement.ts` runs it.

In: `expression` and `other` in SymPy's notation (the same, or with a slip) and the name of a `rewrite` for `other`.
Out: the rewritten `other` as LaTeX and as SymPy writes it, and whether the two are equal: by 1,000 digits of
their values at points, and by `simplify(a - b) == 0` where these agree. Null where SymPy cannot say in time.
"""

import json
import re
import signal
import sys

import mpmath
import sympy
from sympy import Abs, E, I, Integer, Rational, asin, atan, cos, cosh, cot, exp, log, pi, sec, sin, sinh, tan, tanh
from sympy.abc import x, y

NAMES = {
    **{"Abs": Abs, "E": E, "I": I, "Integer": Integer, "Rational": Rational, "asin": asin, "atan": atan, "cos": cos},
    **{"cosh": cosh, "cot": cot, "exp": exp, "log": log, "pi": pi, "sec": sec, "sin": sin, "sinh": sinh, "tan": tan},
    **{"tanh": tanh, "x": x, "y": y},
}
# SymPy's own names for what everybody else writes in another way.
PLAIN = {"Abs": "abs", "I": "i", "E": "e", "log": "ln"}
REWRITES = {
    "none": lambda e: e,
    "expand": sympy.expand,
    "factor": sympy.factor,
    "together": sympy.together,
    "apart": lambda e: sympy.apart(e, x) if e.has(x) else sympy.apart(e),
    "cancel": sympy.cancel,
    "collect": lambda e: sympy.collect(sympy.expand(e), x),
    "trigsimp": sympy.trigsimp,
    "expand_trig": sympy.expand_trig,
    "powsimp": sympy.powsimp,
    "radsimp": sympy.radsimp,
    "simplify": sympy.simplify,
}
# Positive points first: many identities of radicals and logarithms hold there only.
PLACES = [(131, 57), (43, 171), (211, 19), (7, 103), (-61, 88), (150, -133), (-205, -40), (-13, 29)]
UNIT = sympy.Symbol("unit")
TINY = mpmath.mpf(10) ** -1000
mpmath.mp.dps = 1200


class Late(Exception):
    pass


PYTHON = (ArithmeticError, AttributeError, NotImplementedError, RecursionError, TypeError, ValueError)


def late(*_):
    raise Late


def within(seconds, run):
    """The value of `run`, or None when it fails or takes longer."""
    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return run()
    except (Late, *PYTHON, sympy.PolynomialError):
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def values(a, b):
    """Whether values agree to 1,000 digits at the points where both are real (anywhere, for constants).

    None when there is no such point.
    """
    # A number of Python's own would be a double: the imaginary unit comes from outside.
    functions = [sympy.lambdify((x, y, UNIT), e.xreplace({I: UNIT}), "mpmath") for e in (a, b)]
    counted = 0
    constant = not (a.free_symbols | b.free_symbols)
    for place in PLACES[:1] if constant else PLACES:
        try:
            at = (mpmath.mpf(place[0]) / 97, mpmath.mpf(place[1]) / 89, mpmath.mpc(0, 1))
            p, q = (mpmath.mpc(function(*at)) for function in functions)
        except (ArithmeticError, ValueError):
            continue
        if not (mpmath.isfinite(p) and mpmath.isfinite(q)):
            continue
        if not constant and any(abs(v.imag) > TINY * abs(v) for v in (p, q)):
            continue
        size = max(abs(p), abs(q))
        if 0 < size < TINY:
            continue
        counted += 1
        if abs(p - q) > TINY * size:
            return False
    return True if counted > 0 else None


def check(task):
    def read(text):
        return eval(text, {"__builtins__": {}}, NAMES)  # the grammar of expressions.ts, nothing else

    a, b = within(3, lambda: read(task["expression"])), within(3, lambda: read(task["other"]))
    if a is None or b is None or a.has(sympy.nan, sympy.zoo, sympy.oo) or b.has(sympy.nan, sympy.zoo, sympy.oo):
        return None
    rewritten = within(3, lambda: REWRITES[task["rewrite"]](b))
    rewritten = b if rewritten is None else rewritten
    numeric = within(10, lambda: values(a, rewritten))
    symbolic = within(2, lambda: sympy.simplify(a - rewritten) == 0) if numeric is not False else False
    symbol = task["symbol"] or None
    return {
        "latex": sympy.latex(rewritten, ln_notation=True, mul_symbol=symbol),
        "plain": re.sub(r"\b(Abs|I|E|log)\b", lambda match: PLAIN[match[0]], str(rewritten)),
        "numeric": numeric,
        "symbolic": symbolic,
    }


results, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    results.write(json.dumps(check(json.loads(line))) + "\n")
