/**
 * What TensorFlow calls the outputs of an operation: inside a function body they are referred to by name.
 *
 * Facts of its registry of operations (`TF_GetAllOpList` of TensorFlow 2.21); all others have one output, called `output`.
 */
const NAMED: { readonly [names: string]: string } = {
  y:
    "Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil ComplexAbs Cos Cosh Erf Exp Expm1 Floor IsFinite IsInf IsNan Log Log1p " +
    "LogicalNot Neg OnesLike Reciprocal Round Rsqrt Sigmoid Sign Sin Sinh Sqrt Square Tan Tanh Transpose ZerosLike",
  z:
    "Add AddV2 Atan2 BitwiseAnd BitwiseOr BitwiseXor DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual LeftShift Less " +
    "LessEqual LogicalAnd LogicalOr Maximum Minimum Mul NotEqual Pow RealDiv RightShift SquaredDifference Sub",
  activations: "Elu LeakyRelu Relu Relu6 Selu Softplus",
  backprops: "EluGrad",
  dense: "SparseToDense",
  out: "Complex Cumprod Cumsum",
  product: "MatMul",
  resized_images: "ResizeBilinear ResizeNearestNeighbor",
  softmax: "Softmax",
  sum: "AddN",
  in_backprop: "Dilation2DBackpropInput",
  filter_backprop: "Dilation2DBackpropFilter",
  bins: "Bincount",
  crops: "CropAndResize",
  r0: "BroadcastArgs",
}

const byOperation = new Map(
  Object.entries(NAMED).flatMap(([name, operations]) => operations.split(" ").map((one) => [one, name] as const)),
)

/** Operations whose outputs have a name each; those of others with several are one list. */
const SEVERAL: { readonly [operation: string]: ReadonlyArray<string> } = {
  TopKV2: ["values", "indices"],
  NonMaxSuppressionV4: ["selected_indices", "valid_outputs"],
  FusedBatchNorm: ["y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2"],
}

export const outputReference = (operation: string, index: number): string => {
  const several = SEVERAL[operation]
  return several === undefined ? `${byOperation.get(operation) ?? "output"}:${index}` : `${several[index]!}:0`
}
