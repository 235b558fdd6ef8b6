/**
 * Whether verdicts agree with SymPy's on random expressions, rewritten by SymPy, half of them with a slip made in them:
 *
 *     node benchmark/sympy_agreement.ts [--pairs 2000] [--seed 1] [--python python3]
 *
 * Every disagreement is printed in full. SymPy's word is 1,000 digits of both at points, and its `simplify` only where
 * neither has a value there.
 */
import { parseArgs } from "node:util"
import { compare } from "../src/Compare.ts"
import { FAMILIES, grow, slips, toSympy } from "./expressions.ts"
import { toLatex } from "./latex.ts"
import { askPython } from "./peer.ts"
import { random } from "./random.ts"
import { cut, formatTiming, percent, timed, timing } from "./statistics.ts"

const { values: flags } = parseArgs({
  options: {
    pairs: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    python: { type: "string", default: "python3" },
  },
})
const pairs = Number(flags.pairs)
const seed = Number(flags.seed)

const REWRITES =
  "none expand expand factor factor together apart cancel collect trigsimp expand_trig powsimp radsimp simplify".split(
    " ",
  )

const tasks = Array.from({ length: pairs }, (_, index) => {
  const source = random(seed * 1_000_003 + index)
  const family = Object.keys(FAMILIES)[index % Object.keys(FAMILIES).length]!
  const tree = grow(source, FAMILIES[family]!, source.pick([2, 3, 3, 4, 4, 5]))
  const near = slips(tree)
  const other = index % 2 === 1 && near.length > 0 ? source.pick(near) : tree
  return {
    family,
    ours: toLatex(source, tree),
    expression: toSympy(tree),
    other: toSympy(other),
    slipped: other !== tree,
    rewrite: source.pick(REWRITES),
    symbol: source.pick(["", "", "dot", "times"]),
    plain: source.chance(0.15),
  }
})

interface Judgement {
  readonly latex: string
  readonly plain: string
  readonly numeric: boolean | null
  readonly symbolic: boolean | null
}
const judgements = askPython(flags.python, "peer_sympy.py", tasks) as ReadonlyArray<Judgement | null>

const milliseconds: Array<number> = []
let slowest: ReadonlyArray<{ readonly spent: number; readonly pair: string }> = []
const families = new Map<string, { agree: number; disagree: number; undecided: number }>()
const total = { judged: 0, agree: 0, falseEqual: 0, falseDifferent: 0, undecided: 0, swapped: 0, silent: 0, missed: 0 }
for (const [index, task] of tasks.entries()) {
  const judgement = judgements[index]
  const truth = judgement?.numeric ?? judgement?.symbolic
  if (judgement === null || judgement === undefined || truth === null || truth === undefined) {
    total.silent += 1
    continue
  }
  const theirs = task.plain ? judgement.plain : judgement.latex
  const [verdict, spent] = timed(() => compare(task.ours, theirs))
  milliseconds.push(spent)
  slowest = [...slowest, { spent, pair: `${cut(task.ours)} and ${cut(theirs)}` }]
    .toSorted((a, b) => b.spent - a.spent)
    .slice(0, 5)
  const family = families.get(task.family) ?? { agree: 0, disagree: 0, undecided: 0 }
  families.set(task.family, family)
  total.judged += 1
  if (truth && judgement.symbolic !== true) total.missed += 1
  const tell = (what: string) =>
    console.log(
      `${what}: ${task.family} ${index}, ${task.slipped ? "a slip, " : ""}${task.rewrite}\n` +
        `  a: ${task.ours}\n  b: ${theirs}\n` +
        `  SymPy: values ${judgement.numeric}, simplify ${judgement.symbolic}\n` +
        `  ours: ${verdict.outcome}, ${verdict.stage}: ${verdict.reason}`,
    )
  if (compare(theirs, task.ours).outcome !== verdict.outcome) {
    total.swapped += 1
    tell("not symmetric")
  }
  if (verdict.outcome === "undecided") {
    total.undecided += 1
    family.undecided += 1
    tell("undecided")
  } else if ((verdict.outcome === "equivalent") === truth) {
    total.agree += 1
    family.agree += 1
  } else {
    total[truth ? "falseDifferent" : "falseEqual"] += 1
    family.disagree += 1
    tell(truth ? "we say different" : "we say equivalent")
  }
}
for (const [name, { agree, disagree, undecided }] of families) {
  console.log(`${name.padEnd(16)} agree ${agree}, disagree ${disagree}, undecided ${undecided}`)
}
console.log(
  `${total.judged} pairs judged by SymPy (${total.silent} without a verdict): ` +
    `agreement ${percent(total.agree, total.judged)}; we say equivalent where SymPy does not ${total.falseEqual}, ` +
    `different where SymPy does not ${total.falseDifferent}, undecided ${total.undecided}; ` +
    `not symmetric ${total.swapped}`,
)
console.log(`equal pairs that SymPy's simplify does not bring to 0: ${total.missed}`)
console.log(`ours: ${formatTiming(timing(milliseconds))}`)
for (const { pair, spent } of slowest) console.log(`  slowest: ${spent.toFixed(1)} ms: ${pair}`)
