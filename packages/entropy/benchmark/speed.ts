/**
 * How fast groups are scored, beside numpy code of the same rules in the same run, and how the cost grows:
 *
 *     node benchmark/speed.ts [--peer PYTHON] [--groups GROUPS.jsonl]
 *
 * Groups have 8 answers. "cold" scores answers that were never seen; "memoised" scores them again with
 * `Equivalent.memoized`. With a file of rows with `responses`, the answers found in those are scored too. Every figure is the best of seven rounds of at least 0.2 s.
 */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { Equivalent, Rng } from "@seed-grpo/core"
import { Score, SemanticEntropy } from "@seed-grpo/entropy"
import { Cluster, Extract } from "@seed-grpo/equivalence"

const { values } = parseArgs({ options: { peer: { type: "string" }, groups: { type: "string" } } })

const GROUPS = 2000
const G = 8
const stream = Rng.key(20, "entropy benchmark")
const draw = (size: number, ...position: [number, number?, number?]): number =>
  Math.floor(Rng.uniform(stream, position) * size)

/** Groups of cluster ids with one to eight clusters. */
const ids = Array.from({ length: GROUPS }, (_, group) =>
  Array.from({ length: G }, (_, sample) => draw(1 + (group % G), group, sample)),
)
const logprobs = Array.from({ length: G }, (_, sample) => -0.05 - 0.1 * sample)

/** What a policy answers to problems like those of MATH: mostly whole numbers and fractions, spelt in several ways. */
const spellings: ReadonlyArray<(a: number, b: number) => string> = [
  (a) => `${a}`,
  (a) => `${a}`,
  (a) => `-${a + 1}`,
  (a, b) => `\\frac{${a}}{${b + 2}}`,
  (a) => `${a}.5`,
  (a) => `${a}.0`,
]
const answersOf = (round: number) =>
  Array.from({ length: GROUPS }, (_, group) => {
    const meanings = Array.from({ length: 1 + draw(3, round, group) }, (_, meaning) => {
      const number = draw(100_000, round, group, meaning)
      return spellings[number % spellings.length]!(number, number % 7)
    })
    return Array.from({ length: G }, (_, sample) => meanings[draw(meanings.length, round, group, 100 + sample)]!)
  })

const seconds = (run: () => void): number => {
  const started = performance.now()
  run()
  return (performance.now() - started) / 1000
}

/** Groups a second, the best of seven rounds. */
const rate = (run: () => void, size = GROUPS): number => {
  let best = 0
  for (let round = 0; round < 7; round++) {
    let [groups, spent] = [0, 0]
    while (spent < 0.2) {
      spent += seconds(run)
      groups += size
    }
    best = Math.max(best, groups / spent)
  }
  return best
}

const show = (name: string, groupsPerSecond: number, peer?: number): void => {
  const ratio =
    peer === undefined
      ? ""
      : `   numpy ${Math.round(peer).toLocaleString("en")}, × ${(groupsPerSecond / peer).toFixed(0)}`
  console.log(`${name.padEnd(44)} ${Math.round(groupsPerSecond).toLocaleString("en").padStart(12)} groups/s${ratio}`)
}

interface Peer {
  readonly numpy: string
  readonly discrete: number
  readonly likelihood: number
  readonly strings: number
  readonly values: ReadonlyArray<number>
  readonly weighted: ReadonlyArray<number>
}

const texts = answersOf(0)
const askPeer = (python: string): Peer => {
  const { error, stderr, stdout } = spawnSync(python, [fileURLToPath(new URL("peer_numpy.py", import.meta.url))], {
    input: JSON.stringify({ ids, logprobs, answers: texts }),
    encoding: "utf8",
    maxBuffer: 1 << 26,
  })
  if (error !== undefined || stdout === "") throw error ?? new Error(stderr)
  return JSON.parse(stdout) as Peer
}
const peer = values.peer === undefined ? undefined : askPeer(values.peer)
if (peer !== undefined) {
  const apart = ids.map((group, index) =>
    Math.max(
      Math.abs(SemanticEntropy.discrete(group) - peer.values[index]!),
      Math.abs(SemanticEntropy.likelihoodWeighted(group, logprobs) - peer.weighted[index]!),
    ),
  )
  console.log(`numpy ${peer.numpy}: ${GROUPS} groups differ by at most ${Math.max(...apart).toExponential(1)} nats`)
}

const math = Cluster.math()
show(
  "discrete, cluster ids given",
  rate(() => ids.forEach(SemanticEntropy.discrete)),
  peer?.discrete,
)
show(
  "likelihood-weighted, cluster ids given",
  rate(() => ids.forEach((group) => SemanticEntropy.likelihoodWeighted(group, logprobs))),
  peer?.likelihood,
)
show(
  "score with bounds, cluster ids given",
  rate(() => ids.forEach((clusterIds) => Score.score({ clusterIds }))),
)
show(
  "score of texts, exact",
  rate(() => texts.forEach((group) => Score.semanticEntropy(group))),
  peer?.strings,
)

let round = 0
let best = 0
for (let time = 0; time < 25; time++) {
  const unseen = answersOf(++round)
  const spent = seconds(() => unseen.forEach((group) => Score.semanticEntropy(group, { equivalent: math })))
  best = Math.max(best, GROUPS / spent)
}
show("score of texts, mathematics, cold", best)
const memoized = Equivalent.memoized(math)
show(
  "score of texts, mathematics, memoised",
  rate(() => texts.forEach((group) => Score.semanticEntropy(group, { equivalent: memoized }))),
)

if (values.groups !== undefined) {
  const rows = readFileSync(values.groups, "utf8").trim().split("\n")
  const found = rows.map((row) =>
    (JSON.parse(row) as { readonly responses: ReadonlyArray<string> }).responses.map(
      (response) => Extract.extract(response)?.answer,
    ),
  )
  const scoreAll = (equivalent: Equivalent.Equivalent) => () =>
    found.forEach((group) => Score.semanticEntropy(group, { equivalent }))
  show(`the answers of ${found.length} real groups, no memory`, rate(scoreAll(math), found.length))
  show(`the answers of ${found.length} real groups, memoised`, rate(scoreAll(Equivalent.memoized(math)), found.length))
}

const step = answersOf(1000).slice(0, 128)
const stepped = Array.from({ length: 7 }, (_, time) => {
  const unseen = time === 0 ? step : answersOf(1000 + time).slice(0, 128)
  return seconds(() => unseen.forEach((group) => Score.semanticEntropy(group, { equivalent: math })))
})
console.log(`a step of 128 × 8 unseen answers, mathematics: ${(1000 * Math.min(...stepped)).toFixed(2)} ms`)

console.log("\none group of G answers in K meanings, mathematics, microseconds an answer")
const sizes = [8, 64, 512, 4096]
for (const meanings of [(g: number) => Math.min(g, 4), (g: number) => g / 8, (g: number) => g]) {
  const line = sizes.map((g) => {
    const answers = Array.from({ length: g }, (_, sample) => `${(sample % meanings(g)) + 10}`)
    Score.semanticEntropy(answers, { equivalent: math })
    const times = Array.from({ length: 5 }, () => seconds(() => Score.semanticEntropy(answers, { equivalent: math })))
    return `G ${g}, K ${meanings(g)}: ${((1e6 * Math.min(...times)) / g).toFixed(2)}`
  })
  console.log(`  ${line.join("   ")}`)
}
