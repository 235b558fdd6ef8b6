/**
 * SEED-GRPO (arXiv 2505.12346) in one file, to be read from top to bottom in ten minutes.
 *
 * It leans on a decoder that can sample and score (`@seed-grpo/runtime`) and on nothing else: grading, clustering,
 * semantic entropy, advantages, the clipped objective and AdamW are all here, in the order of the paper. The packages do
 * the same with every stage swappable, checked and resumable; `main.ts` shows that both give the same weights, bit for
 * bit.
 *
 * Four things differ from the paper, as in the code that it builds on:
 * 1. The probability ratio is one per token, where Eq. (2) writes one per sequence.
 * 2. Every completion is divided by the same constant length (Dr.GRPO), which Eq. (3) leaves out.
 * 3. Semantic entropy is −Σ p ln p over clusters, as Eq. (4) defines it; Eq. (5) as printed ranks groups the wrong way.
 * 4. `f`, which Eq. (6) never defines, is the released code's 1 / (1 + α x).
 */
import { Rng } from "@seed-grpo/core"
import { CompletionScores, Generation, type ModelFolder, Parameters, type Safetensors } from "@seed-grpo/runtime"
import * as tf from "@tensorflow/tfjs-core"

interface Question {
  readonly text: string
  readonly answer: string
}

interface Options {
  readonly questionsOfStep: (step: number) => ReadonlyArray<Question>
  readonly steps: number
  readonly seed: number
  readonly groupSize: number
  readonly maxTokens: number
  readonly alpha: number
  readonly clip: number
  readonly learningRate: number
}

/** The exact value of `7`, `0.75`, `3/4`, `\frac{3}{4}`, `75\%` as a fraction in lowest terms; other text as it stands. */
const meaning = (text: string): string => {
  const plain = text
    .trim()
    .replace(/^([^{]*)\}$/, "$1") // a closing brace too many
    .replace(/^(-?)\\frac\{(\d+)\}\{(\d+)\}$/, "$1$2/$3")
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:\/(\d+))?(\\%)?$/.exec(plain)
  if (match === null) return `text:${plain}`
  const [, sign, whole, decimals = "", below = "1", percent] = match
  let numerator = BigInt(whole! + decimals)
  let denominator = BigInt(below) * 10n ** BigInt(decimals.length) * (percent === undefined ? 1n : 100n)
  if (denominator === 0n) return `text:${plain}`
  let [a, b] = [numerator, denominator]
  while (b !== 0n) [a, b] = [b, a % b]
  numerator /= a
  denominator /= a
  return `${numerator === 0n ? "" : sign}${numerator}${denominator === 1n ? "" : `/${denominator}`}`
}

/** `−Σ p ln p` over clusters of equal meaning, in nats. */
const semanticEntropy = (meanings: ReadonlyArray<string>): number => {
  const counts = new Map<string, number>()
  for (const one of meanings) counts.set(one, (counts.get(one) ?? 0) + 1)
  return [...counts.values()].reduce((sum, n) => sum - (n / meanings.length) * Math.log(n / meanings.length), 0)
}

/** Advantages of a group: `(r − mean r) / (1 + α · SE / ln G)`. */
const advantages = (rewards: ReadonlyArray<number>, entropy: number, alpha: number): ReadonlyArray<number> => {
  const mean = rewards.reduce((a, b) => a + b) / rewards.length
  const scale = 1 / (1 + alpha * (entropy / Math.log(rewards.length)))
  return rewards.map((reward) => (reward - mean) * scale)
}

/** Trains, and gives the weights and the mean reward of every step. */
export const train = async (
  { config, tokenizer }: Pick<ModelFolder.Model, "config" | "tokenizer">,
  start: Safetensors.HostTensors,
  options: Options,
) => {
  const { alpha, clip, groupSize, learningRate, maxTokens } = options
  const key = Rng.key(options.seed, "sampling")
  let weights = Parameters.fromHost(config, start)
  const names = Object.keys(weights)
  const zeros = () => Object.fromEntries(names.map((name) => [name, tf.zerosLike(weights[name]!)]))
  let [first, second] = [zeros(), zeros()]
  let updates = 0
  const rewardsOfSteps: Array<number> = []

  for (let step = 1; step <= options.steps; step++) {
    // 1. Sample G answers to each question from the policy.
    const questions = options.questionsOfStep(step)
    const prompts = questions.map(({ text }) => tokenizer.encode(text))
    const rows = await Generation.generate(weights, config, {
      prompts,
      samples: groupSize,
      maxTokens,
      temperature: 1,
      endTokens: config.endTokens,
      uniform: (row, token) =>
        Rng.uniform(key, [step, Rng.hash(questions[Math.floor(row / groupSize)]!.text), row % groupSize, token]),
    })

    // 2. Grade, 3. cluster by meaning, 4. measure the entropy, 5. scale the advantages by it.
    const advantageOf: Array<number> = []
    let total = 0
    for (const [index, { answer }] of questions.entries()) {
      const group = rows.slice(index * groupSize, (index + 1) * groupSize)
      const meanings = group.map(({ tokens }) => meaning(tokenizer.decode(tokens)))
      const rewards = meanings.map((one) => (one === meaning(answer) ? 1 : 0))
      advantageOf.push(...advantages(rewards, semanticEntropy(meanings), alpha))
      total += rewards.reduce<number>((a, b) => a + b, 0)
    }
    rewardsOfSteps.push(total / rows.length)

    // 6. The clipped objective and its gradient. Rows without an advantage have none, and are left out.
    const chosen = rows.map((_, row) => row).filter((row) => advantageOf[row] !== 0)
    if (chosen.length === 0) continue
    const longest = Math.max(...chosen.map((row) => rows[row]!.tokens.length))
    const padded = (of: (row: number, token: number) => number) =>
      tf.tensor2d(
        chosen.map((row) => Array.from({ length: longest }, (_, t) => (t < rows[row]!.tokens.length ? of(row, t) : 0))),
      )
    const { grads, value } = tf.valueAndGrads((...tensors: Array<tf.Tensor>) => {
      const { logprobs } = CompletionScores.completionScores(
        Object.fromEntries(names.map((name, index) => [name, tensors[index]!])),
        config,
        {
          prompts: chosen.map((row) => prompts[Math.floor(row / groupSize)]!),
          completions: chosen.map((row) => rows[row]!.tokens),
          temperature: 1,
        },
      )
      const mask = padded(() => 1)
      const advantage = tf.tensor2d(chosen.map((row) => [advantageOf[row]!]))
      const difference = tf.mul(
        tf.sub(
          logprobs,
          padded((row, t) => rows[row]!.logprobs[t]!),
        ),
        mask,
      )
      const ratio = tf.exp(tf.clipByValue(difference, -20, 20))
      const clipped = tf.clipByValue(ratio, 1 - clip, 1 + clip)
      const gain = tf.minimum(tf.mul(ratio, advantage), tf.mul(clipped, advantage))
      return tf.div<tf.Scalar>(tf.sum(tf.mul(tf.neg(gain), mask)), rows.length * maxTokens)
    })(names.map((name) => weights[name]!))
    value.dispose()

    // 7. AdamW, after the gradient is cut to length 1.
    updates += 1
    const [beta1, beta2] = [0.9, 0.95]
    const squares = grads.map((gradient) => tf.tidy(() => tf.sum(tf.square(gradient)).dataSync()[0]!))
    const norm = Math.sqrt(squares.reduce((a, b) => a + b, 0))
    const factor = Math.min(1, 1 / (norm + 1e-6))
    const next = names.map((name, index) =>
      tf.tidy(() => {
        const g = factor === 1 ? grads[index]! : tf.mul(grads[index]!, factor)
        const m = tf.add(tf.mul(first[name]!, beta1), tf.mul(g, 1 - beta1))
        const v = tf.add(tf.mul(second[name]!, beta2), tf.mul(tf.square(g), 1 - beta2))
        const denominator = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** updates)), 1e-8)
        const move = tf.mul(tf.div(m, denominator), learningRate / (1 - beta1 ** updates))
        return [tf.sub(weights[name]!, move), m, v] as [tf.Tensor, tf.Tensor, tf.Tensor]
      }),
    )
    tf.dispose([grads, weights, first, second])
    const part = (which: 0 | 1 | 2) => Object.fromEntries(names.map((name, index) => [name, next[index]![which]]))
    weights = part(0)
    first = part(1)
    second = part(2)
  }
  const result = await Parameters.toHost(config, weights)
  tf.dispose([weights, first, second])
  return { weights: result, rewards: rewardsOfSteps }
}
