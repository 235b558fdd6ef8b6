/** Chat templates against Transformers 5.18 with Jinja2, and templates that mean harm. */
import { readFileSync } from "node:fs"
import { ChatTemplate } from "@seed-grpo/runtime"
import { assert, describe, it } from "@effect/vitest"

const text = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")

interface Golden {
  readonly template: string
  readonly conversation: string
  readonly messages: ReadonlyArray<ChatTemplate.ChatMessage>
  readonly tools: ReadonlyArray<unknown> | null
  readonly options: {
    readonly add_generation_prompt?: boolean
    readonly continue_final_message?: boolean
    readonly enable_thinking?: boolean
  }
  readonly bos_token: string | null
  readonly eos_token: string | null
  readonly text?: string
  readonly error?: string
}

const golden = text("chat-templates/golden_render.jsonl")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Golden)

const rendered = ({ bos_token, eos_token, messages, options, template, tools }: Golden): string => {
  const { add_generation_prompt = false, continue_final_message = false, ...variables } = options
  return ChatTemplate.render({ source: text(`chat-templates/${template}`), tokens: {} }, messages, {
    addGenerationPrompt: add_generation_prompt,
    continueFinalMessage: continue_final_message,
    ...(tools === null ? {} : { tools }),
    variables: { bos_token, eos_token, ...variables },
  })
}

/** `s` is a text of two million characters. */
const LONG = `{% set s %}{% for i in range(40000) %}${"x".repeat(50)}{% endfor %}{% endset %}`

const reasonOf = (source: string, options: ChatTemplate.ChatOptions = {}): string => {
  try {
    return ChatTemplate.render({ source, tokens: {} }, [{ role: "user", content: "hi" }], options)
  } catch (error) {
    assert.instanceOf(error, ChatTemplate.ChatTemplateError)
    return error.reason
  }
}

describe("ChatTemplate", () => {
  it.each(golden.filter((row) => row.text !== undefined))("$template: $conversation, $options", (row) => {
    assert.strictEqual(rendered(row), row.text)
  })

  it.each(golden.filter((row) => row.error !== undefined))("$template refuses $conversation", (row) => {
    assert.throws(() => rendered(row), ChatTemplate.ChatTemplateError, row.error!.replace("TemplateError: ", ""))
  })

  it("is found in either place", () => {
    const bytes = (value: unknown) =>
      new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value))
    const inConfig = (config: unknown) => ChatTemplate.ofModel(new Map([["tokenizer_config.json", bytes(config)]]))
    assert.deepStrictEqual(inConfig({ chat_template: "a", bos_token: { content: "<s>" }, eos_token: "</s>" }), {
      source: "a",
      tokens: { bos_token: "<s>", eos_token: "</s>" },
    })
    const several = [
      { name: "tool_use", template: "t" },
      { name: "default", template: "d" },
    ]
    assert.strictEqual(inConfig({ chat_template: several }).source, "d")
    assert.strictEqual(ChatTemplate.ofModel(new Map([["chat_template.jinja", bytes("f")]])).source, "f")
    assert.throws(() => inConfig({}), ChatTemplate.ChatTemplateError, /expected chat_template\.jinja/)
    assert.throws(() => inConfig("{oops"), ChatTemplate.ChatTemplateError, /tokenizer_config\.json in JSON/)
  })

  it.each([
    ["an endless range", "{% for i in range(1000000000) %}x{% endfor %}", "too-large"],
    ["a range without end", "{% for i in range(0, 10, 0) %}x{% endfor %}", "too-large"],
    [
      "loops in loops",
      "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
      "too-much-work",
    ],
    [
      "a text doubled",
      "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
      "too-large",
    ],
    [
      "a list doubled",
      "{% set ns = namespace(x=['a']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
      "too-large",
    ],
    [
      "a text replaced by itself",
      "{% set x = 'aaaaaaaaaaaaaaaa' * 1 if false else 'aaaaaaaaaaaaaaaaaaaa' %}{% set ns = namespace(x=x) %}" +
        "{% for i in range(30) %}{% set ns.x = ns.x | replace('a', ns.x) %}{% endfor %}",
      "too-much-work",
    ],
    ["a macro that calls itself", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "too-much-work"],
    [
      "a macro that calls itself twice",
      "{% macro f(n) %}{% if n > 0 %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(60) }}",
      "too-much-work",
    ],
    [
      "a list searched over and over",
      "{% set a = range(90000) %}{% for i in range(90000) %}{% if 'x' in a %}{% endif %}{% endfor %}",
      "too-much-work",
    ],
    [
      "a list turned over and over",
      "{% set a = range(90000) %}{% for i in range(90000) %}{% set b = a[::-1] %}{% endfor %}",
      "too-much-work",
    ],
    [
      "a text read over and over",
      `${LONG}{% for i in range(90000) %}{% if s | upper == 1 %}{% endif %}{% endfor %}`,
      "too-much-work",
    ],
    ["a text searched in vain", `${LONG}{% set p = s[:9999] ~ 'y' ~ s[:999999] %}{{ p in s }}`, "too-much-work"],
    ["a text split in vain", `${LONG}{% set p = s[:9999] ~ 'y' ~ s[:999999] %}{{ s.split(p) }}`, "too-much-work"],
    [
      "a text replaced in vain",
      `${LONG}{% set p = s[:9999] ~ 'y' ~ s[:999999] %}{{ s | replace(p, '') }}`,
      "too-much-work",
    ],
    [
      "loops in loops that look for what is nowhere",
      `${"{% for i in [1] %}".repeat(90)}{% for i in range(200000) %}{{ nowhere }}{% endfor %}${"{% endfor %}".repeat(90)}`,
      "too-much-work",
    ],
    [
      "calls with much inside that is never run",
      `{% macro f() %}{% endmacro %}{% for i in range(90000) %}{% call f() %}${"{{ x }}".repeat(20_000)}{% endcall %}{% endfor %}`,
      "too-much-work",
    ],
    [
      "a macro that prints much that it is given",
      "{% macro f() %}{{ varargs }}{% endmacro %}{% set a = range(90000) %}{% for i in range(90000) %}{{ f(*a) }}{% endfor %}",
      "too-much-work",
    ],
    [
      "much filtered as a block",
      `${LONG}{% for i in range(9000) %}{% filter replace('x', 'y') %}{{ s }}{% endfilter %}{% endfor %}`,
      "too-much-work",
    ],
    [
      "a text that grows and is looked into",
      "{% set ns = namespace(x='') %}{% for i in range(90000) %}{% set ns.x = ns.x ~ 'abcdefghi' %}{{ ns.x[0] }}{% endfor %}",
      "too-much-work",
    ],
    ["a wide margin", "{{ 'a\\nb' | indent(2000000000) }}", "too-large"],
    ["a namespace in itself", "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}", "too-large"],
    ["spaces without a tag", " ".repeat(100_000), "not-a-template"],
    ["a book", "x".repeat(1_000_000), "not-a-template"],
    ["brackets in brackets", `{{ ${"(".repeat(90_000)} }}`, "not-a-template"],
    ["a print of much", "{% for i in range(3000) %}{{ 'x' * 10 }}{{ messages }}{% endfor %}", "failed"],
    ["Python's way out", "{{ lipsum.__globals__['os'].popen('id').read() }}", "failed"],
    ["JavaScript's way out", "{{ ''.constructor.constructor('return process')().exit() }}", "failed"],
    ["a prototype", "{{ messages.__proto__.polluted }}", ""],
    ["an unknown filter", "{{ messages | no_such_filter }}", "failed"],
    ["half a template", "{% if x %}", "not-a-template"],
    ["its own refusal", "{{ raise_exception('no') }}", "refused-by-template"],
    ["the clock", "{{ strftime_now('%Y') }}", "failed"],
  ])("ends soon with %s", (_, source, reason) => {
    assert.strictEqual(reasonOf(source), reason)
  })

  it("passes on data only", () => {
    const cyclic: Record<string, unknown> = { role: "user" }
    cyclic["self"] = cyclic
    for (const message of [
      { role: "user", cyclic },
      { role: "user", content: 1n },
    ]) {
      const template = { source: "{{ messages }}", tokens: {} }
      assert.throws(
        () => ChatTemplate.render(template, [message]),
        ChatTemplate.ChatTemplateError,
        /that JSON can write/,
      )
    }
    assert.strictEqual(reasonOf("{{ f() }}", { variables: { f: () => "called" } }), "failed")
    assert.strictEqual(reasonOf("{{ namespace }}", { variables: { namespace: 1 } }), "failed")
  })

  it("has room for a long conversation", () => {
    const messages = Array.from({ length: 5000 }, (_, index) => ({
      role: index % 2 === 0 ? "user" : "assistant",
      content: "word ".repeat(100),
    }))
    for (const name of ["qwen2_5", "qwen3", "llama3", "gemma", "deepseek_r1_distill"]) {
      const source = text(`chat-templates/${name}.jinja`)
      const rendered = ChatTemplate.render({ source, tokens: { bos_token: "<s>", eos_token: "</s>" } }, messages)
      assert.isAbove(rendered.length, 2_400_000)
    }
  })

  it("continues the last text of a message in parts", () => {
    const source = "{% for p in messages[0].content %}[{{ p.text | default('image') }}]{% endfor %}<end>"
    const content = [{ type: "text", text: "a" }, { type: "text", text: "b " }, { type: "image" }]
    const messages = [{ role: "assistant", content }]
    const continued = ChatTemplate.render({ source, tokens: {} }, messages, { continueFinalMessage: true })
    assert.strictEqual(continued, "[a][b ")
  })

  it("knows the date that it is told", () => {
    const now = new Date("2026-01-05T07:08:09Z")
    assert.strictEqual(
      reasonOf("{{ strftime_now('%d %B %Y, %b %a %H:%M:%S %%') }}", { now }),
      "05 January 2026, Jan Mon 07:08:09 %",
    )
  })

  it("a message that the template drops cannot be continued", () => {
    const template = { source: "{{ messages[0].role }}", tokens: {} }
    const messages = [{ role: "assistant", content: "I" }]
    assert.throws(
      () => ChatTemplate.render(template, messages, { continueFinalMessage: true }),
      ChatTemplate.ChatTemplateError,
      /found a text without it/,
    )
  })
})
