/**
 * Conversations as the text that a chat model was trained on, by the template that comes with it.
 *
 * Templates are Jinja programs of strangers. They run in `@huggingface/jinja`, which knows no JavaScript objects, and here
 * within a budget of steps and sizes, so that none of them can hang the process or fill its memory.
 *
 * @since 0.1.0
 */
import * as jinja from "@huggingface/jinja"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"
import { isObject } from "./internal/configJson.ts"

/**
 * One turn of a conversation. Templates read other fields too: `tool_calls`, `reasoning_content`, …
 *
 * @since 0.1.0
 * @category models
 */
export interface ChatMessage {
  readonly role: string
  readonly content?: unknown
  readonly [field: string]: unknown
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ChatOptions {
  /** Whether the text ends where the assistant's answer begins. */
  readonly addGenerationPrompt?: boolean
  /** Whether the text ends inside the last message, for the model to go on with it. */
  readonly continueFinalMessage?: boolean
  /** JSON schemas of functions. */
  readonly tools?: ReadonlyArray<unknown>
  /** Whatever else the template reads: `bos_token`, `enable_thinking`, … */
  readonly variables?: Readonly<Record<string, unknown>>
  /** What `strftime_now` takes for now; a template that asks for it is refused without one. */
  readonly now?: Date
  /** Evaluated expressions, at most; a million. */
  readonly maxSteps?: number
  /** Characters of any text, and elements of any list, at most; four million. */
  readonly maxSize?: number
}

/**
 * Why a conversation could not be written.
 *
 * @since 0.1.0
 * @category errors
 */
export class ChatTemplateError extends ExplainedError<
  "no-template" | "not-a-template" | "refused-by-template" | "failed" | "too-much-work" | "too-large" | "not-continued"
> {
  readonly _tag = "ChatTemplateError"
}

/**
 * A template, and the names of tokens that it may ask for.
 *
 * @since 0.1.0
 * @category models
 */
export interface ChatTemplate {
  readonly source: string
  readonly tokens: Readonly<Record<string, string>>
}

const failure = (
  reason: ChatTemplateError["reason"],
  expected: string,
  found: string,
  fix: string,
  cause?: unknown,
): ChatTemplateError => new ChatTemplateError({ reason, at: "chat template", expected, found, fix, cause })

interface Node {
  readonly type: string
}

interface Value {
  readonly type: string
  readonly value: unknown
}

interface Scope {
  readonly set: (name: string, value: unknown) => unknown
}

/** The library's declarations cannot be resolved by Node's rules; this is what is used of them. */
interface Jinja {
  readonly Environment: new () => Scope
  readonly Interpreter: new (scope: Scope) => {
    readonly run: (program: unknown) => Value
    evaluate(statement: Node | undefined, scope: Scope): Value
  }
  readonly parse: (tokens: unknown) => unknown
  readonly tokenize: (source: string, options: object) => unknown
}

const { Environment, Interpreter, parse, tokenize } = jinja as unknown as Jinja

/** Expressions that make new values; all others pass on what was measured before. */
const MAKERS = new Set([
  "ArrayLiteral",
  "TupleLiteral",
  "ObjectLiteral",
  "BinaryExpression",
  "CallExpression",
  "FilterExpression",
  "FilterStatement",
])

/** An interpreter that counts what it does. */
class BoundedInterpreter extends Interpreter {
  private steps = 0
  private readonly maxSteps: number
  private readonly maxSize: number

  constructor(scope: Scope, maxSteps: number, maxSize: number) {
    super(scope)
    this.maxSteps = maxSteps
    this.maxSize = maxSize
  }

  private step(): void {
    if (++this.steps > this.maxSteps) {
      throw failure(
        "too-much-work",
        `at most ${this.maxSteps} steps`,
        "more",
        "Use another template, or raise maxSteps.",
      )
    }
  }

  /** Visits every element as often as it would be printed: a list of two lists of two … is as large as its text. */
  private measure(value: unknown, room: number): number {
    this.step()
    const inner = typeof value === "object" && value !== null && "value" in value ? value.value : value
    let size = typeof inner === "string" ? inner.length : 1
    const parts = Array.isArray(inner) ? inner : inner instanceof Map ? [...inner.values()] : []
    for (const part of parts) {
      if (size > room) break
      size += this.measure(part, room - size)
    }
    if (size > room) {
      throw failure(
        "too-large",
        `texts and lists of at most ${this.maxSize}`,
        "a larger one",
        "Shorten the conversation.",
      )
    }
    return size
  }

  override evaluate(statement: Node | undefined, scope: Scope): Value {
    this.step()
    const value = super.evaluate(statement, scope)
    if (MAKERS.has(statement?.type ?? "") || value.type === "StringValue") this.measure(value, this.maxSize)
    return value
  }
}

/** `range` with as many elements as may be. */
const boundedRange =
  (maxSize: number) =>
  (start: number, stop?: number, step = 1): ReadonlyArray<number> => {
    const [from, to] = stop === undefined ? [0, start] : [start, stop]
    const length = Math.max(0, Math.ceil((to - from) / step))
    if (!(length <= maxSize))
      throw failure("too-large", `a range of at most ${maxSize}`, `${length}`, "Use another template.")
    return Array.from({ length }, (_, index) => from + index * step)
  }

const dated = (now: Date | undefined, format: unknown): string => {
  if (now === undefined) throw failure("failed", "no question for the date", "strftime_now", "Give the date as `now`.")
  const parts: Readonly<Record<string, string>> = {
    Y: `${now.getUTCFullYear()}`,
    m: `${now.getUTCMonth() + 1}`.padStart(2, "0"),
    d: `${now.getUTCDate()}`.padStart(2, "0"),
    H: `${now.getUTCHours()}`.padStart(2, "0"),
    M: `${now.getUTCMinutes()}`.padStart(2, "0"),
    S: `${now.getUTCSeconds()}`.padStart(2, "0"),
    b: now.toLocaleString("en", { month: "short", timeZone: "UTC" }),
    B: now.toLocaleString("en", { month: "long", timeZone: "UTC" }),
    a: now.toLocaleString("en", { weekday: "short", timeZone: "UTC" }),
    A: now.toLocaleString("en", { weekday: "long", timeZone: "UTC" }),
    "%": "%",
  }
  return String(format).replaceAll(/%(.)/g, (whole, letter: string) => parts[letter] ?? whole)
}

const run = (template: ChatTemplate, messages: ReadonlyArray<ChatMessage>, options: ChatOptions): string => {
  const { maxSize = 4_000_000, maxSteps = 1_000_000 } = options
  const environment = new Environment()
  const globals: Readonly<Record<string, unknown>> = {
    true: true,
    false: false,
    none: null,
    True: true,
    False: false,
    None: null,
    range: boundedRange(maxSize),
    raise_exception: (message: unknown) => {
      throw failure("refused-by-template", "a conversation that it takes", String(message), "Change the messages.")
    },
    strftime_now: (format: unknown) => dated(options.now, format),
    ...template.tokens,
    tools: options.tools ?? null,
    documents: null,
    messages,
    add_generation_prompt: options.addGenerationPrompt === true,
    ...options.variables,
  }
  for (const [name, value] of Object.entries(globals)) environment.set(name, value)
  let program: unknown
  try {
    program = parse(tokenize(template.source, { trim_blocks: true, lstrip_blocks: true }))
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw failure("not-a-template", "a Jinja template", found, "Download the checkpoint's template again.", cause)
  }
  try {
    return String(new BoundedInterpreter(environment, maxSteps, maxSize).run(program).value)
  } catch (cause) {
    if (cause instanceof ChatTemplateError) throw cause
    // The engine's own limits: a text or a call stack that is too long.
    if (cause instanceof RangeError) throw failure("too-large", "less", cause.message, "Use another template.", cause)
    const found = cause instanceof Error ? cause.message : String(cause)
    throw failure("failed", "it to run", found, "Check that the messages have what it reads.", cause)
  }
}

/** Put at the end of the message that is to be continued, as Transformers does, to find it in what was rendered. */
const MARK = "CONTINUE_FINAL_MESSAGE_TAG "

/**
 * The text of a conversation.
 *
 * @throws ChatTemplateError
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { ChatTemplate } from "@seed-grpo/runtime"
 *
 * const source = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
 * const text = ChatTemplate.render({ source, tokens: {} }, [{ role: "user", content: "2+2?" }], { addGenerationPrompt: true })
 * assert.equal(text, "<user>2+2?<assistant>")
 * ```
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (
  template: ChatTemplate,
  messages: ReadonlyArray<ChatMessage>,
  options: ChatOptions = {},
): string => {
  if (options.continueFinalMessage !== true) return run(template, messages, options)
  const last = messages.at(-1)
  const notContinued = (found: string) =>
    failure(
      "not-continued",
      "the last message's text at its end",
      found,
      "Continue a message that the template prints.",
    )
  if (typeof last?.content !== "string") throw notContinued("a last message without text")
  const marked = [...messages.slice(0, -1), { ...last, content: `${last.content}${MARK}` }]
  const text = run(template, marked, options)
  const at = text.lastIndexOf(MARK.trim())
  if (at === -1 || !text.includes(last.content.trim())) throw notContinued("a text without it")
  const before = text.slice(0, at)
  // A template that trims messages has trimmed the mark's own space too.
  return text.startsWith(MARK, at) ? before : before.trimEnd()
}

const texts = new TextDecoder()

const named = (templates: unknown): string | undefined => {
  if (typeof templates === "string") return templates
  const list: ReadonlyArray<unknown> = Array.isArray(templates) ? templates : []
  const chosen = list.filter(isObject).find(({ name }) => name === "default")?.["template"]
  return typeof chosen === "string" ? chosen : undefined
}

/**
 * The template among the files of a checkpoint: `chat_template.jinja`, or `chat_template` of `tokenizer_config.json`,
 * where the one named `default` is taken of several.
 *
 * @throws ChatTemplateError
 *
 * @since 0.1.0
 * @category constructors
 */
export const ofModel = (companions: ReadonlyMap<string, Uint8Array>): ChatTemplate => {
  const file = companions.get("chat_template.jinja")
  const config: unknown = JSON.parse(texts.decode(companions.get("tokenizer_config.json")) || "{}")
  const settings = isObject(config) ? config : {}
  const source = file === undefined ? named(settings["chat_template"]) : texts.decode(file)
  if (source === undefined) {
    throw failure(
      "no-template",
      "chat_template.jinja, or chat_template in tokenizer_config.json",
      "neither",
      "Use a model that was trained on conversations, or give a template.",
    )
  }
  const tokens = ["bos_token", "eos_token", "pad_token", "unk_token"].flatMap((name) => {
    const token = settings[name]
    const content = isObject(token) ? token["content"] : token
    return typeof content === "string" ? [[name, content] as const] : []
  })
  return { source, tokens: Object.fromEntries(tokens) }
}
