/**
 * Units of measurement that convert into one another, and what a label of unknown make is worth: nothing.
 */
import * as Rational from "../Rational.ts"

interface Unit {
  /** Powers of the base quantities: `length`, `time` … */
  readonly dimension: ReadonlyMap<string, number>
  readonly scale: Rational.Rational
}

/** `name,other name=scale` in the base unit, by dimension. */
const TABLE: Readonly<Record<string, string>> = {
  length:
    "m,meter,meters,metre,metres=1 km,kilometer,kilometers,kilometre,kilometres=1e3 cm,centimeter,centimeters,centimetre,centimetres=0.01 mm,millimeter,millimeters,millimetre,millimetres=0.001 dm,decimeter,decimeters=0.1 um,μm,micrometer,micrometers=1e-6 nm,nanometer,nanometers=1e-9 in,inch,inches=0.0254 ft,foot,feet=0.3048 yd,yard,yards=0.9144 mi,mile,miles=1609.344",
  time: "s,sec,secs,second,seconds=1 min,mins,minute,minutes=60 h,hr,hrs,hour,hours=3600 day,days=86400 week,weeks=604800 ms,millisecond,milliseconds=0.001",
  mass: "g,gram,grams=0.001 kg,kilogram,kilograms,kilo,kilos=1 mg,milligram,milligrams=1e-6 ton,tons,tonne,tonnes=1000 lb,lbs,pound,pounds=0.45359237 oz,ounce,ounces=0.028349523125",
  volume:
    "L,l,liter,liters,litre,litres=1 mL,ml,milliliter,milliliters,millilitre,millilitres=0.001 gal,gallon,gallons=3.785411784 quart,quarts=0.946352946 pint,pints=0.473176473 cup,cups=0.2365882365",
  money: "dollar,dollars,$,USD,usd=1 cent,cents,¢=0.01",
  angle: "degree,degrees,deg,°=1",
  radians: "rad,radian,radians=1",
  energy: "J,joule,joules=1 kJ,kilojoule,kilojoules=1e3 eV=1.602176634e-19 cal,calorie,calories=4.184 kcal=4184",
  force: "N,newton,newtons=1 kN=1e3",
  power: "W,watt,watts=1 kW,kilowatt,kilowatts=1e3 MW=1e6",
  charge: "C,coulomb,coulombs=1",
  current: "A,amp,amps,ampere,amperes=1 mA=0.001",
  voltage: "V,volt,volts=1 mV=0.001 kV=1e3",
  resistance: "ohm,ohms,Ω=1",
  pressure: "Pa,pascal,pascals=1 kPa=1e3 atm=101325",
  frequency: "Hz,hertz=1 kHz=1e3 MHz=1e6 rpm=1",
  amount: "mol,mole,moles=1",
  temperature: "K,kelvin=1",
}

const UNITS: ReadonlyMap<string, readonly [string, Rational.Rational]> = new Map(
  Object.entries(TABLE).flatMap(([dimension, units]) =>
    units.split(" ").flatMap((entry) => {
      const [names, scale] = entry.split("=")
      return names!.split(",").map((name) => [name, [dimension, Rational.fromDecimal(scale!)] as const] as const)
    }),
  ),
)

export const isUnit = (name: string): boolean => UNITS.has(name)

const power = (base: Rational.Rational, exponent: number): Rational.Rational => {
  const scale = Rational.make(
    base.numerator ** BigInt(Math.abs(exponent)),
    base.denominator ** BigInt(Math.abs(exponent)),
  )!
  return exponent < 0 ? Rational.make(scale.denominator, scale.numerator)! : scale
}

const PREFIXES = new Map([
  ["square", 2],
  ["sq", 2],
  ["cubic", 3],
  ["cu", 3],
])

/** `km/h`, `square inches`, `m s^-2`: nothing where a part of it is unknown. */
export const readUnit = (label: string): Unit | undefined => {
  const dimension = new Map<string, number>()
  let scale: Rational.Rational = { numerator: 1n, denominator: 1n }
  let sign = 1
  let raised = 1
  for (const part of label.slice(0, 80).match(/[\p{L}$¢°]+\.?(?:\s*\^?\s*[{(]?-?\d+[})]?)?|\/|·|\*/gu) ?? []) {
    const match = /^([\p{L}$¢°]+)\.?\s*\^?\s*[{(]?(-?\d)?/u.exec(part)
    if (part === "/" || part === "per") sign = -1
    else if (match === null) continue
    else if (PREFIXES.has(match[1]!)) raised = PREFIXES.get(match[1]!)!
    else {
      const unit = UNITS.get(match[1]!) ?? UNITS.get(match[1]!.toLowerCase())
      if (unit === undefined) return undefined
      const exponent = sign * raised * Number(match[2] ?? 1)
      // A litre is a cubic decimetre.
      const [name, factor, times] =
        unit[0] === "volume"
          ? (["length", Rational.multiply(unit[1], Rational.fromDecimal("0.001")), 3] as const)
          : ([unit[0], unit[1], 1] as const)
      dimension.set(name, (dimension.get(name) ?? 0) + exponent * times)
      scale = Rational.multiply(scale, power(factor, exponent))
      raised = 1
    }
  }
  return dimension.size === 0 ? undefined : { dimension, scale }
}

/** How many of the second unit one of the first is, where both are known and measure the same. */
export const conversion = (from: string, to: string): Rational.Rational | "unknown" | "different" => {
  const [a, b] = [readUnit(from), readUnit(to)]
  if (a === undefined || b === undefined) return "unknown"
  const names = new Set([...a.dimension.keys(), ...b.dimension.keys()])
  for (const name of names) if ((a.dimension.get(name) ?? 0) !== (b.dimension.get(name) ?? 0)) return "different"
  return Rational.divide(a.scale, b.scale) ?? "unknown"
}
