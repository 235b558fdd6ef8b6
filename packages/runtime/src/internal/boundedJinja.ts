/**
 * Jinja within a budget of steps and sizes, counted and not timed: what a template may do does not depend on the machine.
 *
 * `@huggingface/jinja` evaluates every expression through one method, and each operation gets its operands from it. So an
 * operation is paid for as its operands come in, before it runs.
 *
 * @since 0.1.0
 */
import * as jinja from "@huggingface/jinja"
import { ExplainedError } from "@seed-grpo/core/ExplainedError"

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

export const failure = (
  reason: ChatTemplateError["reason"],
  expected: string,
  found: string,
  fix: string,
  cause?: unknown,
): ChatTemplateError => new ChatTemplateError({ reason, at: "chat template", expected, found, fix, cause })

interface Node {
  readonly type: string
  readonly args?: ReadonlyArray<Node>
  readonly argument?: Node
  readonly callee?: Node
  readonly computed?: boolean
  readonly filter?: Node
  readonly iterable?: Node
  readonly operator?: { readonly value: string }
  readonly property?: Node
  readonly test?: Node
  readonly value?: unknown
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

/** Characters, or elements of a list, that are gone over in about the time of an evaluation. */
const PER_STEP = 64

/** Characters that an element of a list counts for. */
const ELEMENT = 16

/** Steps that it takes to find that a name is not there. */
const UNKNOWN = 32

/** Evaluations within evaluations: macros that call themselves, expressions in expressions. */
const MAX_DEPTH = 500

/** The largest templates of models have a tenth of it. */
const MAX_SOURCE = 250_000

/** Before every character of a run of spaces, the library looks for a tag behind the run. */
const MAX_SPACES = 1000

/** Filters that give what is there already. */
const INSTANT = new Set(["default", "first", "last", "length", "list", "safe"])

/** Filters that look at elements only, and not into them. */
const SHALLOW = new Set(["items", "keys", "map", "rejectattr", "reverse", "selectattr", "values"])

const STATEMENTS = new Set(["Program", "For", "If", "CallStatement"])

const LITERALS = new Set(["ArrayLiteral", "TupleLiteral", "ObjectLiteral"])

/** The name of a filter or method. */
const nameOf = ({ callee, filter }: Node): unknown =>
  filter === undefined ? callee?.property?.value : (filter.callee ?? filter).value

/** What an operation does with an operand: hands it on, goes over its elements, reads all of it, or joins it to a text. */
const useOf = (consumer: Node, operand: Node, isText: boolean): "passed" | "walked" | "read" | "joined" => {
  const { args = [], callee, computed, iterable, operator, property, test, type } = consumer
  if (type === "For" && iterable === operand) return "walked"
  if (STATEMENTS.has(type)) return test === operand ? "passed" : "joined"
  if (type === "MemberExpression") {
    return property?.type === "SliceExpression" || (isText && computed === true) ? "walked" : "passed"
  }
  if (type === "TestExpression") return "walked"
  if (type === "FilterStatement") return "read"
  if (type === "FilterExpression") {
    const filter = String(nameOf(consumer))
    return INSTANT.has(filter) ? "passed" : SHALLOW.has(filter) ? "walked" : "read"
  }
  if (type === "CallExpression") {
    if (callee?.type === "MemberExpression") return "read"
    const isGiven = callee === operand || args.some((arg) => [arg, arg.value, arg.argument].includes(operand))
    // Whatever else is evaluated for a call is what a macro prints.
    return isGiven ? "passed" : "joined"
  }
  if (type !== "BinaryExpression" || operator?.value === "and" || operator?.value === "or") return "passed"
  return operator?.value === "~" || operator?.value === "+" ? "joined" : "read"
}

/** Whether one operand is searched for in another, which can take the product of their lengths. */
const searches = ({ operator, type }: Node): boolean =>
  ["CallExpression", "FilterExpression", "FilterStatement"].includes(type) || (operator?.value.endsWith("in") ?? false)

/** Characters of a text that an operation goes over in about the time of an evaluation. */
const pace = (consumer: Node): number =>
  consumer.property?.type === "SliceExpression" || nameOf(consumer) === "replace" ? 4 : PER_STEP

const makes = (node: Node): boolean =>
  node.type === "BinaryExpression" ||
  node.type === "CallExpression" ||
  node.type === "FilterStatement" ||
  (node.type === "FilterExpression" && !INSTANT.has(String(nameOf(node))) && !SHALLOW.has(String(nameOf(node)))) ||
  LITERALS.has(node.type)

/** An operation whose operands are being evaluated. */
interface Frame {
  readonly node: Node
  /** Characters of its longest text so far. */
  longest: number
}

class BoundedInterpreter extends Interpreter {
  private readonly maxSteps: number
  private readonly maxSize: number
  private readonly sourceLength: number
  private steps = 0
  private depth = 0
  private frame: Frame = { node: { type: "Program" }, longest: 0 }

  constructor(scope: Scope, maxSteps: number, maxSize: number, sourceLength: number) {
    super(scope)
    this.maxSteps = maxSteps
    this.maxSize = maxSize
    this.sourceLength = sourceLength
  }

  private pay(steps: number): void {
    this.steps += steps
    if (this.steps > this.maxSteps) {
      const fix = "Use another template, or raise maxSteps."
      throw failure("too-much-work", `at most ${this.maxSteps} steps`, "more", fix)
    }
  }

  /** Visits every element as often as it would be printed: a list of two lists of two … is as large as its text. */
  private sizeOf({ value }: Value, room: number, depth = 0): number {
    let size = typeof value === "string" ? value.length : 0
    if (depth > MAX_DEPTH) throw failure("too-large", "lists in lists", "no end of them", "Use another template.")
    const parts = (
      Array.isArray(value) ? value : value instanceof Map ? [...value.values()] : []
    ) as ReadonlyArray<Value>
    for (const part of parts) {
      if (size > room) break
      size += ELEMENT + this.sizeOf(part, room - size, depth + 1)
    }
    if (size > room) {
      const fix = "Shorten the conversation, or raise maxSize."
      throw failure("too-large", `texts and lists of at most ${this.maxSize} characters`, "more", fix)
    }
    return size
  }

  /** Pays for what the operation that asked for this value is about to do with it. */
  private payFor(frame: Frame, node: Node, value: Value, within: Frame): void {
    const inner = value.value
    const isText = typeof inner === "string"
    const use = useOf(frame.node, node, isText)
    // A method is looked up on the text that it reads.
    const length = isText ? inner.length : value.type === "FunctionValue" ? within.longest : 0
    if (use === "walked" && !isText) {
      const elements = Array.isArray(inner) ? inner.length : inner instanceof Map ? inner.size : 0
      this.pay(frame.node.type === "For" ? elements : (elements * ELEMENT) / PER_STEP)
      // The engine joins texts without copying them, until they are read.
    } else if (!isText && (use === "read" || use === "joined")) {
      this.pay(this.sizeOf(value, this.maxSize) / PER_STEP)
    }
    if (use === "walked" || use === "read") this.pay(length / pace(frame.node))
    if (use === "read" && searches(frame.node)) this.pay((length / PER_STEP) * (frame.longest / PER_STEP))
    // What stands in a filter block is filtered as one text.
    frame.longest = frame.node.type === "FilterStatement" ? frame.longest + length : Math.max(frame.longest, length)
  }

  override evaluate(statement: Node | undefined, scope: Scope): Value {
    if (statement === undefined) return super.evaluate(statement, scope)
    const outer = this.frame
    const frame = { node: statement, longest: 0 }
    this.pay(1)
    if (++this.depth > MAX_DEPTH) {
      const fix = "Use another template."
      throw failure("too-much-work", `at most ${MAX_DEPTH} evaluations in each other`, "more", fix)
    }
    this.frame = frame
    try {
      const value = super.evaluate(statement, scope)
      if (typeof value.value === "string") this.sizeOf(value, this.maxSize)
      else if (makes(statement)) this.pay(this.sizeOf(value, this.maxSize) / PER_STEP)
      // The library throws and catches an error for a name that is not there.
      if (statement.type === "Identifier" && value.type === "UndefinedValue") this.pay(UNKNOWN)
      // It looks through all that they contain for two special names.
      if (statement.type === "Macro" || statement.type === "CallStatement") this.pay(this.sourceLength / PER_STEP)
      this.payFor(outer, statement, value, frame)
      return value
    } finally {
      this.depth -= 1
      this.frame = outer
    }
  }
}

const boundedRange =
  (maxSize: number) =>
  (start: number, stop?: number, step = 1): ReadonlyArray<number> => {
    const [from, to] = stop === undefined ? [0, start] : [start, stop]
    const length = Math.max(0, Math.ceil((to - from) / step))
    const most = Math.floor(maxSize / ELEMENT)
    if (!(length <= most))
      throw failure("too-large", `a range of at most ${most}`, `${length}`, "Use another template.")
    return Array.from({ length }, (_, index) => from + index * step)
  }

/**
 * What may be done at most.
 *
 * @since 0.1.0
 * @category models
 */
export interface Budget {
  /** Evaluated expressions, or what takes as long; two million, a few seconds. */
  readonly maxSteps?: number
  /** Characters of any text, and of any list, an element counting for sixteen; four million. */
  readonly maxSize?: number
}

const message = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const parsed = (source: string): unknown => {
  const fix = "Download the checkpoint's template again."
  if (source.length > MAX_SOURCE || new RegExp(`\\s{${MAX_SPACES}}`).test(source)) {
    const expected = `at most ${MAX_SOURCE} characters, and no ${MAX_SPACES} spaces together`
    throw failure("not-a-template", expected, `${source.length} characters`, fix)
  }
  try {
    return parse(tokenize(source, { trim_blocks: true, lstrip_blocks: true }))
  } catch (cause) {
    throw failure("not-a-template", "a Jinja template", message(cause), fix, cause)
  }
}

/**
 * What a template says. Of the globals, plain data is converted, and functions are called with plain data.
 *
 * @throws ChatTemplateError
 */
export const run = (
  source: string,
  globals: Readonly<Record<string, unknown>>,
  { maxSize = 4_000_000, maxSteps = 2_000_000 }: Budget,
): string => {
  const program = parsed(source)
  const scope = new Environment()
  try {
    for (const [name, value] of Object.entries({ range: boundedRange(maxSize), ...globals })) scope.set(name, value)
    return String(new BoundedInterpreter(scope, maxSteps, maxSize, source.length).run(program).value)
  } catch (cause) {
    if (cause instanceof ChatTemplateError) throw cause
    // The engine's own limits: a text or a call stack that is too long.
    if (cause instanceof RangeError) throw failure("too-large", "less", cause.message, "Use another template.", cause)
    throw failure("failed", "it to run", message(cause), "Check that the messages have what it reads.", cause)
  }
}
