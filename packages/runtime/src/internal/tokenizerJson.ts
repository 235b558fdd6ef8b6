/**
 * What is wrong with a `tokenizer.json` that `@huggingface/tokenizers` 0.2.0 would build all the same, and then encode
 * otherwise than the original, or hang on.
 *
 * @since 0.1.0
 */
import { isObject } from "./configJson.ts"

/** Ids are indices of arrays. The largest vocabularies have a million tokens. */
const MAX_ID = 1 << 22

/** Every character of a text is compared with added tokens from there on. */
const MAX_ADDED_TOKEN = 1000

const MAX_DEPTH = 16

const MAX_PATTERN = 10_000

/**
 * Whether a regular expression repeats, without a bound, a group that itself repeats or branches: `(a+)+`, `(a|ab)*`. Only
 * those take exponential time, and no tokenizer needs them. What is slow by a power only is not found.
 */
const mayExplode = (pattern: string): boolean => {
  // Escapes and classes are one character each; the branches and repetitions within each open group are counted.
  const plain = pattern.replaceAll(/\\(?:[pPxu]\{[^}]*\}|[^])|\[(?:\\[^]|[^\\\]])*\]/g, "x")
  const groups: Array<boolean> = []
  let closed = false
  for (const [part] of plain.matchAll(/\(|\)|[*+|]|\{\d*,\}|[^]/g)) {
    if (part === "(") groups.push(false)
    if (/^(?:[*+]|\{\d*,\})$/.test(part) && closed) return true
    if (/^(?:[*+|]|\{\d*,\})$/.test(part)) groups.fill(true)
    closed = part === ")" && groups.pop() === true
  }
  return false
}

/** Pre-tokenizers that the library takes for another behaviour of theirs. */
const inexact = (node: Readonly<Record<string, unknown>>): string | undefined => {
  const { invert, split, type } = node
  const behavior = JSON.stringify(node["behavior"] ?? "Isolated")
  if (type === "Split" && behavior !== '"Removed"' && (behavior !== '"Isolated"' || invert === true)) {
    return `a Split pre-tokenizer that is ${behavior}${invert === true ? " and inverted" : ""}`
  }
  if (type === "Punctuation" && behavior !== '"Contiguous"') return `a Punctuation pre-tokenizer that is ${behavior}`
  return type === "Metaspace" && split !== false ? "a Metaspace pre-tokenizer that splits" : undefined
}

const problemOfNode = (stage: string, node: unknown, depth = 0): string | undefined => {
  if (typeof node !== "object" || node === null) return undefined
  if (depth > MAX_DEPTH) return `a pipeline more than ${MAX_DEPTH} levels deep`
  if (isObject(node)) {
    const pattern = node["Regex"]
    if (typeof pattern === "string" && pattern.length > MAX_PATTERN) return `a pattern of ${pattern.length} characters`
    if (typeof pattern === "string" && mayExplode(pattern)) return `a pattern that repeats repetitions: ${pattern}`
    const problem = stage === "pre_tokenizer" ? inexact(node) : undefined
    if (problem !== undefined) return problem
  }
  for (const part of Object.values(node)) {
    const problem = problemOfNode(stage, part, depth + 1)
    if (problem !== undefined) return problem
  }
  return undefined
}

const isId = (id: unknown): boolean => Number.isInteger(id) && (id as number) >= 0 && (id as number) < MAX_ID

const problemOfAdded = (token: unknown): string | undefined => {
  if (!isObject(token) || typeof token["content"] !== "string" || !isId(token["id"])) {
    return `the added token ${JSON.stringify(token)}`
  }
  const { content } = token
  if (content.length > MAX_ADDED_TOKEN) return `an added token of ${content.length} characters`
  return token["single_word"] === true ? `an added token that only matches whole words: ${content}` : undefined
}

/** The first thing found, in words; nothing where the library can be trusted with it. */
export const problemOf = (json: unknown): string | undefined => {
  if (!isObject(json)) return "something else than an object"
  const model = isObject(json["model"]) ? json["model"] : {}
  const vocabulary: object = typeof model["vocab"] === "object" && model["vocab"] !== null ? model["vocab"] : {}
  if (!Array.isArray(vocabulary)) {
    for (const [token, id] of Object.entries(vocabulary)) {
      if (!isId(id)) return `the id ${String(id)} of ${JSON.stringify(token)}`
    }
  }
  const added: ReadonlyArray<unknown> = Array.isArray(json["added_tokens"]) ? json["added_tokens"] : []
  for (const token of added) {
    const problem = problemOfAdded(token)
    if (problem !== undefined) return problem
  }
  return ["normalizer", "pre_tokenizer", "post_processor", "decoder"]
    .map((stage) => problemOfNode(stage, json[stage]))
    .find((problem) => problem !== undefined)
}
