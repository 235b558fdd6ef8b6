/**
 * How uncertain is a model, given several of its answers to one question? Only `@seed-grpo/entropy` is needed, whatever
 * the answers came from, and any notion of "means the same" will do.
 */
import { Score } from "@seed-grpo/entropy"

const answers: { readonly [question: string]: ReadonlyArray<string> } = {
  "What is the capital of France?": ["Paris", "Paris.", "It's Paris", "paris", "Paris"],
  "What is the capital of Australia?": ["Canberra", "Sydney", "Canberra.", "Melbourne", "It's Sydney"],
  "How many moons has Kepler-22b?": ["0", "2", "one", "unknown", "3"],
}

/** Yours will be better: an entailment model, a judge, a parser. */
const essence = (answer: string) =>
  answer
    .toLowerCase()
    .replace(/^it's |[^a-z0-9 ]/g, "")
    .trim()
const equivalent = (a: string, b: string) => essence(a) === essence(b)

for (const [question, responses] of Object.entries(answers)) {
  const { answers: n, clusters, entropy, normalized } = Score.semanticEntropy(responses, { equivalent })
  const bar = "█".repeat(Math.round(20 * normalized)).padEnd(20, "·")
  console.log(`${bar} ${entropy.toFixed(3)} nats, ${clusters} meanings in ${n} answers: ${question}`)
}
