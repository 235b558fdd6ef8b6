/**
 * Inputs for the fuzzer, each from a seed of its own: answers by grammar, answers and solutions of a corpus with damage
 * done to them, and hostile texts.
 */
import { FAMILIES, grow, type Tree } from "./expressions.ts"
import { toLatex } from "./latex.ts"
import type { Random } from "./random.ts"

/** Two answers to compare and a solution to read. */
export interface Input {
  readonly origin: "grammar" | "mutation" | "hostile"
  readonly answer: string
  readonly other: string
  readonly solution: string
  /** `other` is `answer` written in another way. */
  readonly same: boolean
}

/** Pieces stand one space apart; `~` is a space in them. */
const spaced = (piece: string): string => piece.replaceAll("~", " ")

const JUNK = [
  ..."\0\t\n\u200b\u202e\u0301\ud800\udc00\ufeff\u00a0٣３½²√∞∪∈≤≠−×·°π∫∑€🙂",
  "\ud83d",
  ...String.raw`{ } ( ) [ ] $ $$ \( \) \[ \{ \} | \left \right \left( \right. \ \\ & % \% #`.split(" "),
  ...String.raw`#### ^ _ ' ! ~ , ; : .`.split(" "),
  ...String.raw`= < \le \ne \pm \cup \boxed{ \text{ \frac \sqrt \sqrt[3] \sin \log_2 \int_0^1`.split(" "),
  ...String.raw`\sum_{n=1}^{\infty} \lim_{x\to0} \begin{pmatrix} \end{pmatrix} \begin{cases} \def\a{\a\a}\a`.split(" "),
  ...String.raw`\unknown \infty \emptyset \overline{3} </think> <think> <answer> </answer> __proto__`.split(" "),
  ...String.raw`constructor toString NaN Infinity 1e999 0x1F null 1/0 0^0 10^{10^{10}} x^{x^x} 99999!`.split(" "),
  ...String.raw`the~final~answer~is~ ~and~ ~or~ 答案是 cm \mathbb{R} \choose \bmod`.split(" ").map(spaced),
]

/** What may be nested, the inside written as `@`. */
const NESTS = [
  ...String.raw`(@) {@} [@] \{@\} \left(@\right) |@| \left|@\right| \frac{@}{2} \frac{1}{1+@} \sqrt{@} x^{@}`.split(
    " ",
  ),
  ...String.raw`2^{@} @^2 @! -@ \sin(@) \log_{@}2 e^{@} f(@) \lfloor~@\rfloor~ \text{@} \boxed{@}`.split(" "),
  ...String.raw`\int_0^1~@~dx \sum_{n=1}^{9}~@ \begin{pmatrix}@\end{pmatrix} $@$ \(@\)`.split(" "),
  ...String.raw`(@ @) \left(@ {@ 1+@ x@ 1,@ @=1 <think>@</think>`.split(" "),
].map((nest) => spaced(nest).split("@") as [open: string, close: string])

const TOKEN = /\\[A-Za-z]+|\\.|[A-Za-z]+|\d+|\s+|./gsu

const mutate = (random: Random, text: string, corpus: ReadonlyArray<string>): string => {
  const tokens: ReadonlyArray<string> = text.match(TOKEN) ?? [""]
  const at = random.integer(0, tokens.length - 1)
  const span = random.integer(1, 4)
  switch (random.integer(0, 9)) {
    case 0:
      return tokens.toSpliced(at, span).join("")
    case 1:
      return tokens.toSpliced(at, 0, ...tokens.slice(at, at + span)).join("")
    case 2: {
      const to = random.integer(0, tokens.length - 1)
      return tokens.with(at, tokens[to]!).with(to, tokens[at]!).join("")
    }
    case 3: {
      const other: ReadonlyArray<string> = random.pick(corpus).match(TOKEN) ?? [""]
      return [...tokens.slice(0, at), ...other.slice(random.integer(0, other.length - 1))].join("")
    }
    case 4:
      return tokens.toSpliced(at, 0, String.fromCharCode(random.integer(0, 0xffff))).join("")
    case 5:
      return tokens
        .with(
          at,
          `${random.integer(0, 1) === 0 ? random.integer(-2, 12) : random.next() * 10 ** random.integer(-20, 20)}`,
        )
        .join("")
    case 6:
      return tokens.slice(0, at).join("")
    case 7:
      return tokens.toSpliced(at, 0, tokens[at]!.repeat(random.integer(1, 40))).join("")
    default:
      return tokens.toSpliced(at, 0, random.pick(JUNK)).join("")
  }
}

/** An answer of one of the usual kinds, around formulas. */
const KINDS: ReadonlyArray<readonly [pieces: number, write: (parts: ReadonlyArray<string>) => string]> = [
  ...Array.from({ length: 8 }, () => [1, ([a]: ReadonlyArray<string>) => a!] as const),
  [2, ([a, b]) => `(${a}, ${b})`],
  [2, ([a, b]) => `[${a}, ${b})`],
  [3, ([a, b, c]) => `\\{${a}, ${b}, ${c}\\}`],
  [2, ([a, b]) => `${a}, ${b}`],
  [1, ([a]) => `x = ${a}`],
  [2, ([a, b]) => `${a} = ${b}`],
  [2, ([a, b]) => `${a} < ${b}`],
  [2, ([a, b]) => `(-\\infty, ${a}) \\cup (${b}, \\infty)`],
  [4, ([a, b, c, d]) => `\\begin{pmatrix} ${a} & ${b} \\\\ ${c} & ${d} \\end{pmatrix}`],
  [1, ([a]) => `${a} \\text{ cm}`],
  [2, ([a, b]) => `${a} \\pm ${b}`],
  [1, ([a]) => `f(x) = ${a}`],
]

const byGrammar = (random: Random): Pick<Input, "answer" | "other" | "same"> => {
  const family = FAMILIES[random.pick(Object.keys(FAMILIES))]!
  const [pieces, write] = random.pick(KINDS)
  const trees: ReadonlyArray<Tree> = Array.from({ length: pieces }, () =>
    grow(random, family, random.integer(0, pieces === 1 ? 4 : 2)),
  )
  const inHand = () => write(trees.map((tree) => toLatex(random, tree)))
  return { answer: inHand(), other: inHand(), same: true }
}

const hostile = (random: Random): string => {
  const depth = random.pick([1, 1, 1, 2, 2, 2, 3, 3, 4, 5])
  const times = Math.floor(10 ** depth * (1 - 0.9 * random.next()))
  const [open, close] = random.pick(NESTS)
  const core = random.pick(["x", "1", "", "1/2", "x+1", "\\pi"])
  if (random.chance(0.5)) return open.repeat(times) + core + close.repeat(times)
  return random.chance(0.5)
    ? random.pick(JUNK).repeat(times)
    : Array.from({ length: Math.min(times, 3000) }, () => random.pick(JUNK)).join("")
}

const SOLUTIONS: ReadonlyArray<(answer: string) => string> = [
  (answer) => `So the answer is \\boxed{${answer}}.`,
  (answer) => `<think>maybe \\boxed{7}</think> The final answer is $${answer}$.`,
  (answer) => `We get ${answer}`,
  (answer) => `<answer>${answer}</answer>`,
  (answer) => `First,\n\\[ ${answer} \\]\nand \\(${answer}\\), hence`,
  (answer) => `#### ${answer}`,
]

/** The input of one random source. */
export const fuzzInput = (random: Random, corpus: ReadonlyArray<string>): Input => {
  const origin = random.pick([
    "grammar",
    "grammar",
    "mutation",
    "mutation",
    "mutation",
    ...(random.chance(0.15) ? (["hostile"] as const) : []),
  ] as const)
  const pair = (): Pick<Input, "answer" | "other" | "same"> => {
    if (origin === "grammar") return byGrammar(random)
    if (origin === "hostile") {
      const answer = hostile(random)
      return { answer, other: random.chance(0.5) ? `${answer} ` + random.pick(JUNK) : hostile(random), same: false }
    }
    let answer = random.chance(0.3) ? byGrammar(random).answer : random.pick(corpus)
    for (let edits = random.integer(0, 4); edits > 0; edits--) answer = mutate(random, answer, corpus)
    const other = random.chance(0.8) ? mutate(random, answer, corpus) : random.pick(corpus)
    return { answer, other, same: false }
  }
  const made = pair()
  const solution = random.pick(SOLUTIONS)(made.answer)
  return {
    origin,
    ...made,
    solution: origin === "mutation" && random.chance(0.5) ? mutate(random, solution, corpus) : solution,
  }
}
