/**
 * Derivatives of TensorFlow.js kernels, registered on import.
 *
 * TensorFlow.js ships its gradients only as extensionless ES modules, which Node cannot load, and none of its flat
 * bundles holds them; without them `tf.grad` fails at the first kernel on every back-end but `tfjs-node`. This module
 * registers the kernels that a decoder and its objectives use, and only where no gradient is registered yet, so that
 * TensorFlow.js's own take precedence where they are present. Every entry is checked against finite differences.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"

/** Sums `gradient` over the axes along which an operand of `shape` was broadcast. */
const reduceTo = (gradient: tf.Tensor, shape: ReadonlyArray<number>): tf.Tensor => {
  const axes = tf.broadcast_util.getReductionAxes([...shape], gradient.shape)
  return tf.reshape(axes.length === 0 ? gradient : tf.sum(gradient, axes), [...shape])
}

type NamedGradientMap = ReturnType<tf.GradFunc>

type Derivative = (dy: tf.Tensor, saved: ReadonlyArray<tf.Tensor>, attributes: never) => NamedGradientMap

const register = (
  kernelName: string,
  save: { readonly inputs?: Array<string>; readonly output?: true },
  derivative: Derivative,
): void => {
  if (tf.getGradient(kernelName) !== undefined) return
  tf.registerGradient({
    kernelName,
    ...(save.inputs === undefined ? {} : { inputsToSave: save.inputs }),
    ...(save.output === undefined ? {} : { outputsToSave: [true] }),
    gradFunc: (dy, saved, attributes) => derivative(dy as tf.Tensor, saved, attributes as never),
  })
}

/** A kernel of one input `x`, whose derivative is a function of `dy` and of its input. */
const unary = (kernelName: string, derivative: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor) =>
  register(kernelName, { inputs: ["x"] }, (dy, [x]) => ({ x: () => derivative(dy, x!) }))

/** A kernel of one input whose derivative is cheaper as a function of its output `y`. */
const unaryOfOutput = (kernelName: string, input: string, derivative: (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor) =>
  register(kernelName, { output: true }, (dy, [y]) => ({ [input]: () => derivative(dy, y!) }))

/** A broadcasting kernel of two inputs `a` and `b`. */
const binary = (
  kernelName: string,
  da: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  db: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
) =>
  register(kernelName, { inputs: ["a", "b"] }, (dy, [a, b]) => ({
    a: () => reduceTo(da(dy, a!, b!), a!.shape),
    b: () => reduceTo(db(dy, a!, b!), b!.shape),
  }))

binary(
  "Add",
  (dy) => dy,
  (dy) => dy,
)
binary(
  "Sub",
  (dy) => dy,
  (dy) => tf.neg(dy),
)
binary(
  "Multiply",
  (dy, _, b) => tf.mul(dy, b),
  (dy, a) => tf.mul(dy, a),
)
binary(
  "RealDiv",
  (dy, _, b) => tf.div(dy, b),
  (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
)
binary(
  "Maximum",
  (dy, a, b) => tf.mul(dy, tf.cast(tf.greaterEqual(a, b), "float32")),
  (dy, a, b) => tf.mul(dy, tf.cast(tf.less(a, b), "float32")),
)
binary(
  "Minimum",
  (dy, a, b) => tf.mul(dy, tf.cast(tf.lessEqual(a, b), "float32")),
  (dy, a, b) => tf.mul(dy, tf.cast(tf.greater(a, b), "float32")),
)
binary(
  "SquaredDifference",
  (dy, a, b) => tf.mul(tf.mul(dy, 2), tf.sub(a, b)),
  (dy, a, b) => tf.mul(tf.mul(dy, 2), tf.sub(b, a)),
)

unary("Abs", (dy, x) => tf.mul(dy, tf.sign(x)))
unary("Cast", (dy, x) => tf.cast(dy, x.dtype))
unary("Cos", (dy, x) => tf.neg(tf.mul(dy, tf.sin(x))))
unary("Log", (dy, x) => tf.div(dy, x))
unary("Log1p", (dy, x) => tf.div(dy, tf.add(x, 1)))
unary("Neg", (dy) => tf.neg(dy))
unary("Identity", (dy) => tf.clone(dy))
unary("Relu", (dy, x) => tf.mul(dy, tf.step(x)))
unary("Reshape", (dy, x) => tf.reshape(dy, x.shape))
unary("Rsqrt", (dy, x) => tf.mul(tf.mul(dy, -0.5), tf.div(tf.rsqrt(x), x)))
unary("Sin", (dy, x) => tf.mul(dy, tf.cos(x)))
unary("Square", (dy, x) => tf.mul(dy, tf.mul(x, 2)))
register("ExpandDims", { inputs: ["input"] }, (dy, [x]) => ({ input: () => tf.reshape(dy, x!.shape) }))

unaryOfOutput("Exp", "x", (dy, y) => tf.mul(dy, y))
unaryOfOutput("Expm1", "x", (dy, y) => tf.mul(dy, tf.add(y, 1)))
unaryOfOutput("Sigmoid", "x", (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y))))
unaryOfOutput("Sqrt", "x", (dy, y) => tf.div(dy, tf.mul(y, 2)))
unaryOfOutput("Tanh", "x", (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y))))
unaryOfOutput("Softmax", "logits", (dy, y) => {
  const weighted = tf.mul(dy, y)
  return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y))
})

register(
  "ClipByValue",
  { inputs: ["x"] },
  (dy, [x], { clipValueMin, clipValueMax }: { clipValueMin: number; clipValueMax: number }) => ({
    x: () =>
      tf.mul(dy, tf.cast(tf.logicalAnd(tf.greaterEqual(x!, clipValueMin), tf.lessEqual(x!, clipValueMax)), "float32")),
  }),
)

register("Select", { inputs: ["condition"] }, (dy, [condition]) => ({
  condition: () => tf.zerosLike(tf.cast(condition!, "float32")),
  t: () => tf.mul(dy, tf.cast(condition!, dy.dtype)),
  e: () => tf.mul(dy, tf.cast(tf.logicalNot(condition!), dy.dtype)),
}))

/** Reductions broadcast `dy` back over the reduced axes. */
const spread = (dy: tf.Tensor, x: tf.Tensor, axis: number | Array<number>, scale: number): tf.Tensor => {
  const kept = [...x.shape]
  for (const reduced of tf.util.parseAxisParam(axis, x.shape)) kept[reduced] = 1
  return tf.mul(tf.reshape(dy, kept), tf.fill(x.shape, scale))
}
register("Sum", { inputs: ["x"] }, (dy, [x], { axis }: { axis: number | Array<number> }) => ({
  x: () => spread(dy, x!, axis, 1),
}))
register("Mean", { inputs: ["x"] }, (dy, [x], { axis }: { axis: number | Array<number> }) => ({
  x: () => spread(dy, x!, axis, dy.size / x!.size),
}))

register("Transpose", {}, (dy, _, { perm }: { perm: Array<number> }) => ({
  x: () => tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(perm)),
}))

register(
  "Slice",
  { inputs: ["x"] },
  (dy, [x], { begin, size }: { begin: number | Array<number>; size: number | Array<number> }) => {
    const [from = [], extent = []] = tf.slice_util.parseSliceParams(x!, begin, size)
    return {
      x: () =>
        tf.pad(
          dy,
          x!.shape.map((length, axis) => [from[axis]!, length - from[axis]! - extent[axis]!] as [number, number]),
        ),
    }
  },
)

if (tf.getGradient("Concat") === undefined) {
  tf.registerGradient({
    kernelName: "Concat",
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => {
      const [axis] = tf.util.parseAxisParam((attributes as unknown as { axis: number }).axis, saved[0]!.shape)
      const parts = tf.split(
        dy as tf.Tensor,
        saved.map((part) => part.shape[axis!]!),
        axis,
      )
      return parts.map((part) => () => part) as unknown as NamedGradientMap
    },
  })
}

register(
  "BatchMatMul",
  { inputs: ["a", "b"] },
  (dy, [a, b], { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean }) => ({
    a: () => (transposeA ? tf.matMul(b!, dy, transposeB, true) : tf.matMul(dy, b!, false, !transposeB)),
    b: () => (transposeB ? tf.matMul(dy, a!, true, transposeA) : tf.matMul(a!, dy, !transposeA, false)),
  }),
)
