/**
 * What the `config.json` of a model of natural-language inference says: the order of its labels, how long a pair may be,
 * and what pads a batch.
 *
 * @since 0.1.0
 */
import type { Label } from "./EntailmentRule.ts"
import { JudgeError } from "./JudgeError.ts"

interface Config {
  readonly id2label?: Readonly<Record<string, string>> | null
  readonly label2id?: Readonly<Record<string, number>> | null
  readonly model_type?: string
  readonly max_position_embeddings?: number
  readonly pad_token_id?: number | null
}

const LABELS: ReadonlyArray<Label> = ["contradiction", "neutral", "entailment"]

/**
 * Labels in the order of the logits, from `id2label` of a parsed `config.json`, or `label2id` where that has no names.
 * Their case does not matter. No order is assumed: published models differ in it.
 *
 * @throws JudgeError `bad-model` unless the labels are entailment, neutral and contradiction.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { labelsOf } from "@seed-grpo/entropy/NliConfig"
 *
 * const config = { id2label: { 0: "ENTAILMENT", 1: "Neutral", 2: "contradiction" } }
 * assert.deepEqual(labelsOf(config), ["entailment", "neutral", "contradiction"])
 * assert.throws(() => labelsOf({ id2label: { 0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2" } }), /id2label/)
 * ```
 *
 * @since 0.1.0
 * @category readers
 */
export const labelsOf = (config: unknown): ReadonlyArray<Label> => {
  const { id2label, label2id } = (config ?? {}) as Config
  const inverted = Object.fromEntries(Object.entries(label2id ?? {}).map(([label, id]) => [id, label]))
  for (const named of [id2label ?? {}, inverted]) {
    const labels = [0, 1, 2].flatMap(
      (id) => LABELS.find((label) => label === String(named[id]).trim().toLowerCase()) ?? [],
    )
    if (Object.keys(named).length === 3 && new Set(labels).size === 3) return labels
  }
  throw new JudgeError({
    reason: "bad-model",
    at: "config.json: id2label",
    expected: "entailment, neutral and contradiction under 0, 1 and 2",
    found: JSON.stringify(id2label) ?? "none",
    fix: "Take a model of natural-language inference, or write its labels into id2label.",
  })
}

/** RoBERTa and its kin count positions from behind the id of the padding. */
const countsFromPadding = ({ model_type = "" }: Config): boolean => /roberta|camembert/.test(model_type)

/**
 * Token id that fills short rows up. It is masked; only RoBERTa and its kin look at it, to count positions.
 *
 * @since 0.1.0
 * @category readers
 */
export const padOf = (config: unknown): number => {
  const { pad_token_id, ...rest } = config as Config
  return pad_token_id ?? (countsFromPadding(rest) ? 1 : 0)
}

/**
 * Tokens that a pair may have, special tokens included: the least of `model_max_length` (which some files leave at 10³⁰)
 * and the positions that the model has.
 *
 * @throws JudgeError `bad-model` when neither is known.
 *
 * @since 0.1.0
 * @category readers
 */
export const maxLengthOf = (config: unknown, tokenizerConfig: unknown): number => {
  const { max_position_embeddings: given, ...rest } = config as Config
  const positions = given !== undefined && countsFromPadding(rest) ? given - padOf(rest) - 1 : given
  const { model_max_length } = (tokenizerConfig ?? {}) as { readonly model_max_length?: number }
  const known = [model_max_length, positions].filter((length) => length !== undefined).filter(Number.isSafeInteger)
  if (known.length > 0) return Math.min(...known)
  throw new JudgeError({
    reason: "bad-model",
    at: "the model's maximal length",
    expected: "model_max_length in tokenizer_config.json, or max_position_embeddings in config.json",
    found: "neither",
    fix: "Give maxLength.",
  })
}
