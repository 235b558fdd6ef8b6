/**
 * Units of measurement that convert into one another, and what a label of unknown make is worth: nothing.
 */
import * as Rational from "../../Rational.ts"

interface Unit {
  /** Powers of the base quantities: `m^2,s^-1` … */
  readonly dimension: string
  readonly scale: Rational.Rational
}

const PREFIXES: Readonly<Record<string, readonly [word: string, scale: string]>> = {
  "": ["", "1"],
  k: ["kilo", "1e3"],
  M: ["mega", "1e6"],
  d: ["deci", "0.1"],
  c: ["centi", "0.01"],
  m: ["milli", "0.001"],
  u: ["micro", "1e-6"],
  μ: ["micro", "1e-6"],
  n: ["nano", "1e-9"],
}

/**
 * Measures of one quantity a line: `symbol,name=scale` in the first of them, whose symbol names the quantity; before `·`
 * the prefixes in use.
 */
const TABLE = `kdcmuμn·m,meter,metre=1 in,inch,inches=0.0254 ft,foot,feet=0.3048 yd,yard=0.9144 mi,mile=1609.344
m·s,second=1 sec=1 min,minute=60 h,hr,hour=3600 day=86400 week=604800
km·g,gram=1 kilo=1e3 ton,tonne=1e6 lb,pound=453.59237 oz,ounce=28.349523125
m·L,liter,litre=0.001 m·l=0.001 gal,gallon=0.003785411784
dollar,$,USD,usd=1 cent,¢=0.01
degree,deg,°=1
rad,radian=1
k·J,joule=1 k·cal,calorie=4.184
k·N,newton=1
kM·W,watt=1
C,coulomb=1
m·A,amp,ampere=1
mk·V,volt=1
ohm,Ω=1
k·Pa,pascal=1
kM·Hz,hertz=1
rpm=1
mol,mole=1
K,kelvin=1`

const UNITS: ReadonlyMap<string, readonly [quantity: string, scale: Rational.Rational]> = new Map(
  TABLE.split("\n").flatMap((line) => {
    const [quantity] = /[^·,=]+(?=[,=])/.exec(line)!
    return line.split(" ").flatMap((entry) => {
      const [, prefixes = "", short, words, scale] = /^(?:(.*)·)?([^,=]*)(.*)=(.*)$/.exec(entry)!
      return ["", ...prefixes].flatMap((letter) => {
        const [prefix, times] = PREFIXES[letter]!
        const unit = [quantity, Rational.multiply(Rational.fromDecimal(scale!), Rational.fromDecimal(times))] as const
        const names = `${letter}${short}${words!.replaceAll(",", `,${prefix}`)}`
        return names.split(",").map((name) => [name, unit] as const)
      })
    })
  }),
)

const find = (name: string) => UNITS.get(name) ?? (/...s$/.test(name) ? UNITS.get(name.slice(0, -1)) : undefined)

export const isUnit = (name: string): boolean => find(name) !== undefined

/** `km/h`, `square inches`, `m s^-2`: nothing where a part of it is unknown. */
export const readUnit = (label: string): Unit | undefined => {
  const dimension = new Map<string, number>()
  let scale = Rational.fromDecimal("1")
  let sign = 1
  let raised = 1
  for (const [, name, digit] of label.slice(0, 80).matchAll(/\/|([\p{L}$¢°]+)\.?(?:\s*\^?\s*[{(]?(-?\d))?/gu)) {
    if (name === undefined || name === "per") sign = -1
    else if (/^(?:sq|cu)(?:uare|bic)?$/.test(name)) raised = name.startsWith("s") ? 2 : 3
    else {
      const unit = find(name) ?? find(name.toLowerCase())
      if (unit === undefined) return undefined
      const exponent = sign * raised * Number(digit ?? 1)
      // A litre is a cubic decimetre.
      const [base, times] = unit[0] === "L" ? ["m", 3] : [unit[0], 1]
      dimension.set(base, (dimension.get(base) ?? 0) + exponent * times)
      for (let k = 0; k < Math.abs(exponent); k++)
        scale = exponent > 0 ? Rational.multiply(scale, unit[1]) : Rational.divide(scale, unit[1])!
      raised = 1
    }
  }
  const powers = [...dimension].filter(([, power]) => power !== 0).map(([name, power]) => `${name}^${power}`)
  return dimension.size === 0 ? undefined : { dimension: powers.toSorted().join(), scale }
}

/** How many of the second unit one of the first is, where both are known and measure the same. */
export const conversion = (from: string, to: string): Rational.Rational | "unknown" | "different" => {
  const [a, b] = [readUnit(from), readUnit(to)]
  if (a === undefined || b === undefined) return "unknown"
  return a.dimension === b.dimension ? Rational.divide(a.scale, b.scale)! : "different"
}
