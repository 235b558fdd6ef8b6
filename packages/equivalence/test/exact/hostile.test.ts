import { describe, expect, it } from "vitest"
import { Budget, BudgetExhausted } from "../../src/internal/Budget.ts"
import * as NormalForm from "../../src/internal/exact/NormalForm.ts"
import { read } from "./read.ts"

const nest = (wrap: (inside: string) => string, depth: number): string => {
  let text = "x"
  for (let i = 0; i < depth; i++) text = wrap(text)
  return text
}
const digits = (base: number): string => (BigInt(base) ** 6000n).toString().slice(-5000)
const many = (count: number, join: string): string => Array.from({ length: count }, (_, i) => `x${i}`).join(join)

const TEXTS: ReadonlyArray<readonly [string, string]> = [
  ["a high power of a long sum", "(a+b+c+d+f+g+h+k)^200"],
  ["a tower", "9^9^9^9"],
  ["a factorial of a tower", "(10^10^10)!"],
  ["a high factorial", "20000!"],
  ["a high binomial", "binomial(100000,50000)"],
  ["permutations of long numbers", "permutations(10^30,10^20)"],
  ["nested sines", nest((s) => `sin(${s})`, 60)],
  ["nested roots", nest((s) => `sqrt(1+${s})`, 150)],
  ["nested logarithms", nest((s) => `ln(1+${s})`, 150)],
  ["nested bars", nest((s) => `abs(x+${s})`, 100)],
  ["nested squares", nest((s) => `(${s}+y)^2`, 30)],
  ["nested products", nest((s) => `(${s})*(${s}+y)`, 8)],
  ["nested exponentials", nest((s) => `e^(${s}+1/${s})`, 8)],
  ["a continued fraction", nest((s) => `1/(1+${s})`, 150)],
  ["a continued fraction in two variables", nest((s) => `1/(y+${s})`, 100)],
  ["long fractions", `${digits(7)}/${digits(13)}+${digits(19)}/${digits(23)}`],
  ["the root of a long number", `sqrt(${digits(17)})`],
  ["a long power", `${digits(17)}^${digits(3)}`],
  ["the gcd of long numbers", `gcd(${digits(7)}*${digits(13)}, ${digits(19)}*${digits(7)})`],
  ["a long modular power", `mod(${digits(3)}^(2^20000), ${digits(7)})`],
  ["a logarithm to a long base", `log(${digits(3)}, ${digits(7)})`],
  ["a high power of two terms", "(x+1)^150*(x+2)^140"],
  ["nested sums", "sum(a,1,200,sum(b,1,200,sum(c,1,200,a*b*c)))"],
  ["a sum of fractions", "sum(a,1,200,1/(x+a))"],
  ["a long product", "product(a,1,200,x+a*y+z)"],
  ["many roots below", "1/(sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11)+sqrt(13)+sqrt(17)+sqrt(19))"],
  ["a power of many roots", "(sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11)+sqrt(13)+sqrt(17)+sqrt(19))^20"],
  ["derivatives that grow", `diff(x, ${nest((s) => `sin(${s})*x^2`, 8)}, 6)`],
  ["a power of sines", "(sin(x)+cos(y)+sin(z)+tan(w))^12"],
  ["huge exponents", "(2^(10^30)+3^(10^30))^200"],
  ["sparse polynomials", "(1+x^1000000)^20/(1+x^1000)"],
  ["many variables added", many(2000, "+")],
  ["many variables multiplied", many(1000, "*")],
  ["the sine of many variables", `sin(${many(1000, "+")})`],
  ["a decimal to a decimal", "3.14159265358979323846^2.718281828459045"],
  ["a power near one", "1.0000001^1000000"],
]

describe("hostile input", () => {
  it.each(TEXTS)("%s ends", (_, text) => {
    const start = performance.now()
    try {
      const form = NormalForm.normalForm(read(text), new Budget(1_000_000))
      if (form !== undefined) NormalForm.print(form)
    } catch (error) {
      expect(error).toBeInstanceOf(BudgetExhausted)
    }
    expect(performance.now() - start).toBeLessThan(2000)
  })
})
