/** Functions of one number, and of two that broadcast. */
import * as tf from "@tensorflow/tfjs-core"
import {
  bools,
  type Case,
  exactly,
  type Family,
  floats,
  gradients,
  type Input,
  ints,
  type Kernel,
  onGraphOnly,
  values,
  within,
  xla,
} from "./case.ts"

type Unary = (x: tf.Tensor) => tf.Tensor
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

const special = exactly("float32", [7], [Number.NaN, Infinity, -Infinity, 0, -0, 1e-38, 3e38])

/** One rule of shapes serves all kernels here: XLA is shown one shape, and all shapes of `Tanh` and `Sub`. */
const shapes = (run: Unary, of: typeof gradients, make: (...shape: ReadonlyArray<number>) => Input) => [
  of("a matrix", [make(2, 3)], run),
  ...onGraphOnly(
    of("a scalar", [make()], run),
    of("rank 5", [make(1, 2, 1, 2, 2)], run),
    of("none", [make(0, 3)], run),
  ),
]

/** Differentiable, on numbers between `low` and `high`. */
const smooth = (run: Unary, low = -2, high = 2, ...more: ReadonlyArray<Case>): Kernel =>
  xla(
    ...shapes(run, gradients, (...shape) => within(low, high, ...shape)),
    values("NaN, infinities, zeros, extremes", [special], run),
    ...more,
  )

/** Without a derivative worth the name. */
const plain = (run: Unary, ...more: ReadonlyArray<Case>): Kernel =>
  xla(...shapes(run, values, floats), values("NaN, infinities, zeros, extremes", [special], run), ...more)

const onInts = (run: Unary): Case => values("int32", [ints(-9, 9, 2, 3)], run)

const broadcasts: ReadonlyArray<readonly [string, ReadonlyArray<number>, ReadonlyArray<number>]> = [
  ["a column and a row", [2, 1], [1, 3]],
  ["of one shape", [2, 3], [2, 3]],
  ["a matrix and a row", [2, 3], [3]],
  ["a scalar and a tensor", [], [2, 1, 2]],
  ["two scalars", [], []],
  ["none and a row", [0, 3], [3]],
  ["rank 5", [2, 1, 1, 2, 1], [1, 2, 1, 1]],
]

/** `apart` keeps the two from ties. */
const pairs = (run: Binary, of: typeof gradients, low: number, high: number, apart = 0): ReadonlyArray<Case> => {
  const [first, ...others] = broadcasts.map(([name, a, b]) =>
    of(name, [within(low, high, ...a), within(low + apart, high + apart, ...b)], run),
  )
  return [first!, ...onGraphOnly(...others)]
}

const onPairs = (run: Binary): Case => values("int32", [ints(-9, 9, 2, 3), ints(1, 9, 3)], run)

/** Differentiable with respect to both. */
const smoothPair = (run: Binary, low = -2, high = 2, ...more: ReadonlyArray<Case>): Kernel =>
  xla(...pairs(run, gradients, low, high, 0.01), ...more)

/** Of those that broadcast, TensorFlow.js has the gradient only where both have one shape. */
const smoothTwins = (run: Binary, ...more: ReadonlyArray<Case>): Kernel =>
  xla(...pairs(run, values, -2, 2, 0.01), gradients("a gradient", [floats(2, 3), within(-1, 1, 2, 3)], run), ...more)

const everywhere = (kernel: Kernel): Kernel => ({
  ...kernel,
  cases: kernel.cases.map((one) => ({ ...one, xla: true })),
})

const comparison = (run: Binary): Kernel =>
  xla(
    ...pairs(run, values, -2, 2),
    onPairs(run),
    values("equal ones", [ints(0, 2, 4, 4), ints(0, 2, 4)], run),
    values("NaN, infinities, zeros", [special, exactly("float32", [], [0])], run),
  )

const logical = (run: Binary): Kernel => {
  const [first, ...others] = broadcasts.map(([name, a, b]) => values(name, [bools(...a), bools(...b)], run))
  return xla(first!, ...onGraphOnly(...others))
}

const where = (c: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.where(c, a, b)

export const elementwise: Family = {
  Abs: smooth(tf.abs, -2, 2, onInts(tf.abs)),
  Acos: smooth(tf.acos, -0.9, 0.9),
  Acosh: smooth(tf.acosh, 1.1, 3),
  Asin: smooth(tf.asin, -0.9, 0.9),
  Asinh: smooth(tf.asinh),
  Atan: smooth(tf.atan),
  Atanh: smooth(tf.atanh, -0.9, 0.9),
  Ceil: smooth(tf.ceil),
  Cos: smooth(tf.cos),
  Cosh: smooth(tf.cosh),
  Elu: smooth(tf.elu),
  EluGrad: xla(gradients("a matrix", [floats(2, 3)], (x) => tf.elu(x))),
  Erf: smooth(tf.erf),
  Exp: smooth(tf.exp),
  Expm1: smooth(tf.expm1),
  Floor: smooth(tf.floor),
  IsFinite: plain(tf.isFinite),
  IsInf: plain(tf.isInf),
  IsNan: plain(tf.isNaN),
  LeakyRelu: smooth((x) => tf.leakyRelu(x, 0.3)),
  Log: smooth(tf.log, 0.1, 3),
  Log1p: smooth(tf.log1p, -0.9, 3),
  LogicalNot: xla(...shapes((x) => tf.logicalNot(x), values, bools)),
  Neg: smooth(tf.neg, -2, 2, onInts(tf.neg)),
  OnesLike: plain(tf.onesLike, onInts(tf.onesLike), values("bool", [bools(3)], tf.onesLike)),
  Prelu: xla(...pairs(tf.prelu, values, -2, 2), gradients("a gradient", [floats(2, 3), floats(3)], tf.prelu)),
  Reciprocal: smooth(tf.reciprocal, 0.2, 2),
  Relu: smooth(tf.relu, -2, 2, onInts(tf.relu)),
  Relu6: smooth((x) => tf.relu6(tf.mul(x, 5))),
  Round: smooth(tf.round, -2, 2, values("halves", [exactly("float32", [4], [0.5, 1.5, 2.5, -0.5])], tf.round)),
  Rsqrt: smooth(tf.rsqrt, 0.1, 3),
  Selu: smooth(tf.selu),
  Sigmoid: smooth(tf.sigmoid),
  Sign: smooth(tf.sign, -2, 2, onInts(tf.sign)),
  Sin: smooth(tf.sin),
  Sinh: smooth(tf.sinh),
  Softplus: smooth(tf.softplus, -20, 20),
  Sqrt: smooth(tf.sqrt, 0.1, 3),
  Square: smooth(tf.square, -2, 2, onInts(tf.square)),
  Step: smooth((x) => tf.step(x, 0.25)),
  Tan: smooth(tf.tan, -1, 1),
  Tanh: everywhere(smooth(tf.tanh)),
  ZerosLike: plain(tf.zerosLike, onInts(tf.zerosLike), values("bool", [bools(3)], tf.zerosLike)),
  ClipByValue: smooth(
    (x) => tf.clipByValue(x, -0.5, 1),
    -2,
    2,
    onInts((x) => tf.clipByValue(x, -3, 4)),
  ),
  Cast: xla(
    gradients("float32 to float32", [floats(2, 3)], (x) => tf.cast(x, "float32")),
    ...(["float32", "int32", "bool"] as const).flatMap((to) => [
      values(`float32 to ${to}`, [floats(2, 3)], (x) => tf.cast(x, to)),
      values(`int32 to ${to}`, [ints(-2, 3, 2, 3)], (x) => tf.cast(x, to)),
      values(`bool to ${to}`, [bools(2, 3)], (x) => tf.cast(x, to)),
      values(`none to ${to}`, [floats(0)], (x) => tf.cast(x, to)),
    ]),
    values("NaN and infinities to bool", [special], (x) => tf.cast(x, "bool")),
  ),
  Identity: xla(...shapes(tf.clone, gradients, floats), onInts(tf.clone), values("bool", [bools(2)], tf.clone)),

  Add: smoothPair(tf.add, -2, 2, onPairs(tf.add)),
  AddN: xla(
    gradients("three", [floats(2, 3), floats(2, 3), floats(2, 3)], (...xs) => tf.addN([...xs])),
    gradients("one", [floats(2)], (x) => tf.addN([x])),
    values("int32", [ints(0, 9, 3), ints(0, 9, 3)], (...xs) => tf.addN([...xs])),
  ),
  Atan2: smoothPair(tf.atan2),
  Equal: comparison(tf.equal),
  FloorDiv: smoothPair(tf.floorDiv, 0.2, 2, onPairs(tf.floorDiv)),
  Greater: comparison(tf.greater),
  GreaterEqual: comparison(tf.greaterEqual),
  Less: comparison(tf.less),
  LessEqual: comparison(tf.lessEqual),
  LogicalAnd: logical((a, b) => tf.logicalAnd(a, b)),
  LogicalOr: logical((a, b) => tf.logicalOr(a, b)),
  Maximum: smoothTwins(tf.maximum, onPairs(tf.maximum), values("NaN", [special, floats()], tf.maximum)),
  Minimum: smoothTwins(tf.minimum, onPairs(tf.minimum), values("NaN", [special, floats()], tf.minimum)),
  Mod: smoothPair(tf.mod, 0.2, 2, onPairs(tf.mod), values("of negatives", [floats(9), within(0.3, 1, 9)], tf.mod)),
  Multiply: smoothPair(tf.mul, -2, 2, onPairs(tf.mul)),
  NotEqual: comparison(tf.notEqual),
  Pow: smoothPair(tf.pow, 0.2, 2, onPairs(tf.pow)),
  RealDiv: smoothPair(
    tf.div,
    0.2,
    2,
    onPairs(tf.div),
    values("by zero", [special, exactly("float32", [], [0])], tf.div),
  ),
  SquaredDifference: smoothTwins(tf.squaredDifference, onPairs(tf.squaredDifference)),
  Sub: everywhere(smoothPair(tf.sub, -2, 2, onPairs(tf.sub))),
  Select: xla(
    gradients("of one shape", [bools(2, 3), floats(2, 3), floats(2, 3)], where, [1, 2]),
    gradients("broadcast", [bools(3), floats(2, 1), floats()], where, [1, 2]),
    values("none", [bools(0, 3), floats(0, 3), floats(0, 3)], where),
    values("int32", [bools(2, 3), ints(0, 9, 2, 3), ints(0, 9, 3)], where),
    values("bool", [bools(4), bools(4), bools()], where),
  ),
}
