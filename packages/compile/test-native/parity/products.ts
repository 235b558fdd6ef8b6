/** Products of matrices, and what is made of them. */
import * as tf from "@tensorflow/tfjs-core"
import { type Case, type Family, floats, gradients, type Input, ints, values, xla } from "./case.ts"

const product = (transposeA: boolean, transposeB: boolean) => (a: tf.Tensor, b: tf.Tensor) =>
  tf.matMul(a, b, transposeA, transposeB)

const contraction = (equation: string, ...inputs: ReadonlyArray<Input>): Case =>
  values(equation, inputs, (...xs) => tf.einsum(equation, ...xs))

type Activation = "elu" | "leakyrelu" | "linear" | "prelu" | "relu" | "relu6" | "sigmoid"

const fused = (activation: Activation) => (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
  tf.fused.matMul({ a, b, bias, activation, leakyreluAlpha: 0.3 })

export const products: Family = {
  BatchMatMul: xla(
    gradients("two matrices", [floats(2, 3), floats(3, 4)], product(false, false)),
    gradients("the first transposed", [floats(3, 2), floats(3, 4)], product(true, false)),
    gradients("the second transposed", [floats(2, 3), floats(4, 3)], product(false, true)),
    gradients("both transposed", [floats(3, 2), floats(4, 3)], product(true, true)),
    gradients("batches", [floats(2, 2, 3), floats(2, 3, 2)], product(false, false)),
    gradients("batches, transposed", [floats(2, 2, 2, 3), floats(2, 2, 4, 3)], product(false, true)),
    values("a batch and a matrix", [floats(4, 2, 3), floats(1, 3, 2)], product(false, false)),
    values("batches that broadcast", [floats(2, 1, 2, 3), floats(1, 3, 3, 2)], product(false, false)),
    values("int32", [ints(-9, 9, 2, 3), ints(-9, 9, 3, 2)], product(false, false)),
    values("no rows", [floats(0, 3), floats(3, 2)], product(false, false)),
    values("nothing to sum", [floats(2, 0), floats(0, 3)], product(false, false)),
    gradients("dot, of vectors", [floats(5), floats(5)], (a, b) => tf.dot(a, b)),
    gradients("outer", [floats(3), floats(2)], (a: tf.Tensor1D, b: tf.Tensor1D) => tf.outerProduct(a, b)),
    gradients("twice", [floats(2, 3), floats(3, 2)], (a, b) =>
      tf.grad((x: tf.Tensor) => tf.sum(tf.square(tf.matMul(x, b))))(a),
    ),
  ),
  _FusedMatMul: xla(
    ...(["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const).map((activation) =>
      values(`bias and ${activation}`, [floats(2, 3), floats(3, 4), floats(4)], fused(activation)),
    ),
    gradients("bias and relu", [floats(2, 3), floats(3, 4), floats(4)], fused("relu")),
    values("prelu", [floats(2, 3), floats(3, 4), floats(4)], (a, b, w) =>
      tf.fused.matMul({ a, b, activation: "prelu", preluActivationWeights: w }),
    ),
  ),
  Einsum: xla(
    contraction("ij,jk->ik", floats(2, 3), floats(3, 4)),
    contraction("bij,bjk->bik", floats(2, 2, 3), floats(2, 3, 2)),
    contraction("bhqd,bhkd->bhqk", floats(1, 2, 3, 4), floats(1, 2, 2, 4)),
    contraction("ij->ji", floats(2, 3)),
    contraction("ij->", floats(2, 3)),
    contraction("i,j->ij", floats(2), floats(3)),
    contraction("ii->i", floats(3, 3)),
  ),
  Diag: xla(
    values("a vector", [floats(4)], (x) => tf.diag(x)),
    values("a matrix", [floats(2, 3)], (x) => tf.diag(x)),
    values("none", [floats(0)], (x) => tf.diag(x)),
    values("int32", [ints(-9, 9, 3)], (x) => tf.diag(x)),
  ),
}
