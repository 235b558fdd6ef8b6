/** Functions of numbers in one place. */
import { broadcastPair, type Inputs, input, list, type Rule, type Rules, type Shape, typeOf } from "./rule.ts"

const broadcast = (call: Inputs): Shape => call.inputs.map(({ shape }) => shape).reduce(broadcastPair)

const elementwise: Rule = (call) => [{ shape: broadcast(call), dtype: input(call, 0).dtype }]

const predicate: Rule = (call) => [{ shape: broadcast(call), dtype: "bool" }]

/** `Select` lets a vector choose rows: its condition lines up from the left, not from the right. */
const selectMask = (call: Inputs): Shape => {
  const condition = input(call, 0).shape
  const rank = input(call, 1).shape.length
  return condition.length === 1 && rank > 1 ? [...condition, ...Array<number>(rank - 1).fill(1)] : condition
}

const select: Rule = (call) => [
  {
    shape: broadcastPair(input(call, 1).shape, broadcastPair(input(call, 2).shape, selectMask(call))),
    dtype: input(call, 1).dtype,
  },
]

export const elementwiseRules: Rules = [
  ...list(
    elementwise,
    "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor Identity LeakyRelu Log Log1p LogicalNot Neg " +
      "OnesLike Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh Softplus Sqrt Square Tan Tanh ZerosLike " +
      "Add AddN AddV2 Atan2 DivNoNan EluGrad FloorDiv FloorMod LogicalAnd LogicalOr Maximum Minimum Mul Pow RealDiv " +
      "SquaredDifference Sub BitwiseAnd BitwiseOr BitwiseXor LeftShift RightShift",
  ),
  ...list(predicate, "Equal NotEqual Less LessEqual Greater GreaterEqual IsNan IsInf IsFinite"),
  ...list(select, "Select SelectV2"),
  ...list((call) => [{ shape: input(call, 0).shape, dtype: typeOf(call, "DstT") }], "Cast"),
  ...list((call) => [{ shape: broadcast(call), dtype: typeOf(call, "Tout") }], "Complex ComplexAbs Imag Real"),
]
