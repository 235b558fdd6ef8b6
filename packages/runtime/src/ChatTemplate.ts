/**
 * Conversations as the text that a chat model was trained on, by the template that comes with it.
 *
 * Templates are Jinja programs of strangers. They run in `@huggingface/jinja`, which knows no JavaScript objects, and here
 * within a budget of steps and sizes, so that none of them can hang the process or fill its memory.
 *
 * @since 0.1.0
 */
import { type Budget, failure, run as runJinja } from "./internal/boundedJinja.ts"
import { isObject } from "./internal/configJson.ts"

export { ChatTemplateError } from "./internal/boundedJinja.ts"

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
export interface ChatOptions extends Budget {
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

/** Messages are data: what JSON cannot say, a template cannot read. */
const asData = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(JSON.stringify(values)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw failure("failed", "messages, tools and variables that JSON can write", found, "Pass plain data.", cause)
  }
}

const run = (template: ChatTemplate, messages: ReadonlyArray<ChatMessage>, options: ChatOptions): string => {
  const globals: Readonly<Record<string, unknown>> = {
    true: true,
    false: false,
    none: null,
    True: true,
    False: false,
    None: null,
    raise_exception: (message: unknown) => {
      throw failure("refused-by-template", "a conversation that it takes", String(message), "Change the messages.")
    },
    strftime_now: (format: unknown) => dated(options.now, format),
    ...template.tokens,
    ...asData({
      tools: options.tools ?? null,
      documents: null,
      messages,
      add_generation_prompt: options.addGenerationPrompt === true,
      ...options.variables,
    }),
  }
  return runJinja(template.source, globals, options)
}

/** Put at the end of the message that is to be continued, as Transformers does, to find it in what was rendered. */
const MARK = "CONTINUE_FINAL_MESSAGE_TAG "

const notContinued = (found: string) =>
  failure("not-continued", "the last message's text at its end", found, "Continue a message that the template prints.")

/** A content with the mark at the end of its text, which is the last one where it has several parts. */
const marked = (content: unknown): { readonly text: string; readonly with: unknown } | undefined => {
  if (typeof content === "string") return { text: content, with: `${content}${MARK}` }
  const parts: ReadonlyArray<unknown> = Array.isArray(content) ? content : []
  const at = parts.findLastIndex((part) => isObject(part) && typeof part["text"] === "string")
  if (at === -1) return undefined
  const part = parts[at] as { readonly text: string }
  return { text: part.text, with: parts.with(at, { ...part, text: `${part.text}${MARK}` }) }
}

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
  const content = last === undefined ? undefined : marked(last.content)
  if (content === undefined) throw notContinued("a last message without text")
  const text = run(template, [...messages.slice(0, -1), { ...last!, content: content.with }], options)
  const at = text.lastIndexOf(MARK.trim())
  if (at === -1 || !text.includes(content.text.trim())) throw notContinued("a text without it")
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
  let config: unknown
  try {
    config = JSON.parse(texts.decode(companions.get("tokenizer_config.json")) || "{}")
  } catch (cause) {
    throw failure("not-a-template", "tokenizer_config.json in JSON", String(cause), "Download the file again.", cause)
  }
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
