/**
 * The kernels of TensorFlow.js that no program can hold. All others of native TensorFlow can be compiled.
 *
 * @since 0.1.0
 */

const because = <Reason extends string>(reason: Reason, kernels: string) =>
  Object.fromEntries(kernels.split(" ").map((kernel) => [kernel, reason] as const))

/**
 * Kernels of native TensorFlow that are refused when a function is traced, and why.
 *
 * @since 0.1.0
 * @category measurements
 */
export const unsupportedKernels: { readonly [kernel: string]: string } = {
  ...because("how much it gives depends on values", "NonMaxSuppressionV3 NonMaxSuppressionV5 Unique"),
  ...because("it draws random numbers that no key determines", "Multinomial"),
  ...because("programs have no strings", "StaticRegexReplace"),
}

/**
 * Kernels that TensorFlow.js has names for and native TensorFlow has not, so that they cannot run eager either. One that is
 * registered for the back-end `tensorflow` is compiled as what it is made of.
 *
 * @since 0.1.0
 * @category measurements
 */
export const missingKernels: ReadonlyArray<string> = (
  "BitwiseAnd BroadcastTo DenseBincount Draw FromPixels LogSoftmax LogicalXor LowerBound MatrixBandPart MaxPoolWithArgmax " +
  "Pool RaggedGather RaggedRange RaggedTensorToTensor RotateWithOffset SearchSorted SparseFillEmptyRows SparseReshape " +
  "SparseSegmentMean SparseSegmentSum StringNGrams StringSplit StringToHashBucketFast Transform UpperBound"
).split(" ")
