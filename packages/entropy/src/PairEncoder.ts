/**
 * Two texts as one sequence of token ids, joined the way the model was trained: by the special tokens of its own
 * `tokenizer.json`. (Writing " [SEP] " between the texts, as some libraries do, gives another sequence, without token
 * types.)
 *
 * The template is read from the file and filled in here: `@huggingface/tokenizers` 0.2.0 neither truncates nor puts both
 * separators of RoBERTa between two texts, and takes an empty second text for none. What it does to single texts agrees
 * with the Rust library; SentencePiece's own normalisation (`Precompiled`) it follows up to U+2FFF but for U+0085, U+0344
 * and the joiner U+200D, as in emoji of families.
 *
 * @since 0.1.0
 */
import { Tokenizer } from "@huggingface/tokenizers"
import { JudgeError } from "./JudgeError.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface EncodedPair {
  readonly ids: ReadonlyArray<number>
  /** Which text a token belongs to, `token_type_ids`. */
  readonly types: ReadonlyArray<number>
  /** Tokens of the two texts that did not fit. */
  readonly cut: number
}

/**
 * @since 0.1.0
 * @category models
 */
export interface PairEncoder {
  readonly encode: (premise: string, hypothesis: string) => EncodedPair
}

/** A part of the joined sequence: special tokens, or one of the texts. */
type Part = { readonly type: number } & ({ readonly ids: ReadonlyArray<number> } | { readonly text: "A" | "B" })

const badProcessor = (found: string): JudgeError =>
  new JudgeError({
    reason: "bad-model",
    at: "tokenizer.json: post_processor",
    expected: "how two texts are joined",
    found,
    fix: "Save the tokenizer again with a current version of Transformers.",
  })

interface Processor {
  readonly type: string
  readonly processors?: ReadonlyArray<Processor>
  readonly sep?: readonly [string, number]
  readonly cls?: readonly [string, number]
  readonly pair?: ReadonlyArray<{
    readonly SpecialToken?: { readonly id: string; readonly type_id: number }
    readonly Sequence?: { readonly id: "A" | "B"; readonly type_id: number }
  }>
  readonly special_tokens?: Readonly<Record<string, { readonly ids: ReadonlyArray<number> }>>
}

const BARE: ReadonlyArray<Part> = [
  { text: "A", type: 0 },
  { text: "B", type: 1 },
]

/** `[CLS] a [SEP] b [SEP]` of BERT, and `<s> a </s></s> b </s>` of RoBERTa. */
const enclosed = ({ cls, sep, type }: Processor): ReadonlyArray<Part> => {
  if (cls === undefined || sep === undefined) throw badProcessor(`${type} without its tokens`)
  const [start, end] = [{ ids: [cls[1]] }, { ids: [sep[1]] }]
  const second = type === "BertProcessing" ? 1 : 0
  return [
    { ...start, type: 0 },
    { text: "A", type: 0 },
    { ...end, type: 0 },
    ...(type === "BertProcessing" ? [] : [{ ...end, type: 0 }]),
    { text: "B", type: second },
    { ...end, type: second },
  ]
}

/** Parts of a pair by a `post_processor`; nothing where it does not touch ids. */
const partsOf = (processor: Processor | null | undefined): ReadonlyArray<Part> | undefined => {
  if (!processor) return undefined
  switch (processor.type) {
    case "ByteLevel":
      return undefined
    case "BertProcessing":
    case "RobertaProcessing":
      return enclosed(processor)
    case "Sequence": {
      const all = (processor.processors ?? []).flatMap((one) => {
        const parts = partsOf(one)
        return parts === undefined ? [] : [parts]
      })
      if (all.length > 1) throw badProcessor("several templates, one after another")
      return all[0]
    }
    case "TemplateProcessing":
      return (processor.pair ?? []).map(({ Sequence, SpecialToken }): Part => {
        if (Sequence !== undefined) return { text: Sequence.id, type: Sequence.type_id }
        const ids = processor.special_tokens?.[SpecialToken?.id ?? ""]?.ids
        if (ids === undefined) throw badProcessor(`a template with the unknown token ${SpecialToken?.id}`)
        return { ids, type: SpecialToken!.type_id }
      })
    default:
      throw badProcessor(processor.type)
  }
}

/**
 * How many tokens of each text are kept, of `a` and `b` tokens, so that at most `room` are: the longer one is cut down to
 * the shorter one, then both alike (`longest_first` of Transformers). An odd token goes to the longer text, to the second
 * when they are alike; version 0.23 of the library under Transformers may give it to the other one when both texts are far
 * too long, because it stops reading early.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { longestFirst } from "@seed-grpo/entropy/PairEncoder"
 *
 * assert.deepEqual(longestFirst(3, 9, 10), [3, 7])
 * assert.deepEqual(longestFirst(9, 9, 7), [3, 4])
 * ```
 *
 * @since 0.1.0
 * @category truncation
 */
export const longestFirst = (a: number, b: number, room: number): readonly [number, number] => {
  if (a + b <= room) return [a, b]
  const [less, half] = [Math.min(a, b), Math.floor(room / 2)]
  if (less > half) return a > b ? [room - half, half] : [half, room - half]
  return a > b ? [room - less, less] : [less, room - less]
}

/**
 * An encoder from the parsed `tokenizer.json` and `tokenizer_config.json`. Pairs longer than `maxLength` tokens, special
 * tokens included, lose the ends of their texts; how much is in `cut`.
 *
 * An empty text is a text of no tokens: `[CLS] a [SEP] [SEP]`, as Transformers encodes it in a batch. (Given alone, an
 * empty second text makes Transformers encode `[CLS] a [SEP]`.)
 *
 * @throws JudgeError `bad-model` when it is no tokenizer, joins two texts in a way that is not known here, or leaves no
 *   room for text.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromJson = (tokenizerJson: unknown, tokenizerConfig: unknown, maxLength: number): PairEncoder => {
  let tokenizer: Tokenizer
  try {
    tokenizer = new Tokenizer({ ...(tokenizerJson as object), post_processor: null }, tokenizerConfig ?? {})
  } catch (cause) {
    throw new JudgeError({
      reason: "bad-model",
      at: "tokenizer.json",
      expected: "a Hugging Face tokenizer",
      found: String(cause),
      fix: "Download the model's tokenizer files again.",
      cause,
    })
  }
  const parts = partsOf((tokenizerJson as { readonly post_processor?: Processor | null }).post_processor) ?? BARE
  const special = parts.reduce((count, part) => count + ("ids" in part ? part.ids.length : 0), 0)
  const room = maxLength - special
  if (!(room >= 2)) {
    throw new JudgeError({
      reason: "bad-model",
      at: "the model's maximal length",
      expected: `more than ${special + 1} tokens`,
      found: String(maxLength),
      fix: "Give a maxLength that leaves room for two texts.",
    })
  }
  const tokens = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids
  return {
    encode: (premise, hypothesis) => {
      const [a, b] = [tokens(premise), tokens(hypothesis)]
      const [keptA, keptB] = longestFirst(a.length, b.length, room)
      const texts = { A: a.slice(0, keptA), B: b.slice(0, keptB) }
      const filled = parts.map((part) => ({ type: part.type, ids: "ids" in part ? part.ids : texts[part.text] }))
      return {
        ids: filled.flatMap(({ ids }) => ids),
        types: filled.flatMap(({ ids, type }) => ids.map(() => type)),
        cut: a.length + b.length - keptA - keptB,
      }
    },
  }
}
