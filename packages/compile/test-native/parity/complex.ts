/** Complex numbers and Fourier transforms. TensorFlow.js has no gradients of them. */
import * as tf from "@tensorflow/tfjs-core"
import { type Case, type Family, floats, ints, values, xla } from "./case.ts"

type Both = (x: tf.Tensor) => tf.Tensor | ReadonlyArray<tf.Tensor>

const parts = (x: tf.Tensor) => [tf.real(x), tf.imag(x)]

/** On complex numbers of these sizes. */
const on = (name: string, shape: ReadonlyArray<number>, run: Both): Case =>
  values(name, [floats(...shape), floats(...shape)], (re, im) => {
    const out = run(tf.complex(re, tf.reverse(im)))
    const outs = out instanceof tf.Tensor ? [out] : out
    return outs.flatMap((one) => (one.dtype === "complex64" ? parts(one) : [one]))
  })

export const complex: Family = {
  Complex: xla(
    on("a vector", [5], (x) => x),
    on("a scalar", [], (x) => x),
    on("none", [0, 2], (x) => x),
    values("as a result", [floats(2, 3), floats(2, 3)], (re, im) => tf.complex(re, im)),
    values("cast", [floats(4)], (x) => parts(tf.cast(x, "complex64"))),
    on("sums, products, quotients", [4], (x) => [tf.add(x, x), tf.mul(x, tf.neg(x)), tf.div(x, tf.add(x, x))]),
    on("a product of matrices", [3, 3], (x) => tf.matMul(x, x)),
    on("turned, cut and joined", [2, 4], (x) => tf.concat([tf.slice(tf.transpose(x), 1, 2), tf.reshape(x, [4, 2])])),
  ),
  ComplexAbs: xla(
    on("a matrix", [2, 3], (x) => tf.abs(x)),
    on("none", [0], (x) => tf.abs(x)),
  ),
  Real: xla(on("a matrix", [2, 3], (x) => tf.real(x))),
  Imag: xla(on("a matrix", [2, 3], (x) => tf.imag(x))),
  FFT: xla(
    on("a vector", [8], (x) => tf.fft(x)),
    on("each row", [3, 6], (x) => tf.fft(x)),
    values("of real numbers", [floats(2, 8)], (x) => parts(tf.spectral.rfft(x))),
    values("short-time", [floats(16)], (x) => parts(tf.signal.stft(x as tf.Tensor1D, 8, 4))),
  ),
  IFFT: xla(
    on("a vector", [8], (x) => tf.ifft(x)),
    on("there and back", [2, 5], (x) => tf.ifft(tf.fft(x))),
    values("to real numbers", [floats(2, 8)], (x) => tf.spectral.irfft(tf.spectral.rfft(x))),
    values("of integers", [ints(-5, 5, 4)], (x) => parts(tf.ifft(tf.complex(tf.cast(x, "float32"), tf.zeros([4]))))),
  ),
}
