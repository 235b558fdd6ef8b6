/**
 * The benchmarks that reasoning models are compared on, as problem files.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 * @category models
 */
export interface Benchmark {
  readonly name: string
  readonly file: string
  /** For tables. */
  readonly title: string
}

/**
 * The five of Dr.GRPO and SEED-GRPO (as in sail-sg/understand-r1-zero: the 83 problems of AMC 2022 and 2023), and GSM8K.
 *
 * @since 0.1.0
 * @category constants
 */
export const benchmarks: ReadonlyArray<Benchmark> = [
  { name: "aime24", file: "aime24.jsonl", title: "AIME 2024" },
  { name: "amc", file: "amc83.jsonl", title: "AMC 2022–23" },
  { name: "math500", file: "math500.jsonl", title: "MATH-500" },
  { name: "minerva", file: "minerva_math.jsonl", title: "Minerva" },
  { name: "olympiadbench", file: "olympiadbench.jsonl", title: "OlympiadBench" },
  { name: "gsm8k", file: "gsm8k_test.jsonl", title: "GSM8K" },
]
