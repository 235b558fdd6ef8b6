/**
 * Most answers are whole numbers, decimals and fractions in their plainest spelling: their keys need no parser.
 */

const WHOLE = /^(?:0|-?[1-9]\d{0,14})$/
const DECIMAL = /^(-?)(\d{1,6})\.(\d{1,9})$/
const FRACTION = /^(-?)\\[dt]?frac\{(\d{1,9})\}\{([1-9]\d{0,8})\}$/

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

const quotient = (sign: string, numerator: number, denominator: number): string => {
  if (numerator === 0) return "0"
  const common = greatestCommonDivisor(numerator, denominator)
  return `${sign}${numerator / common}${denominator === common ? "" : `/${denominator / common}`}`
}

/** The number in lowest terms, or nothing where the parser must say what it is. */
export const plainNumber = (answer: string): string | undefined => {
  if (answer.length > 32) return undefined
  if (WHOLE.test(answer)) return answer
  const fraction = FRACTION.exec(answer)
  if (fraction !== null) return quotient(fraction[1]!, Number(fraction[2]), Number(fraction[3]))
  const decimal = DECIMAL.exec(answer)
  if (decimal === null) return undefined
  const [, sign, whole, places] = decimal as unknown as [string, string, string, string]
  return quotient(sign, Number(whole + places), 10 ** places.length)
}
