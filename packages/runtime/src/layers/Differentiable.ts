/**
 * Functions that bring their own derivative.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { tidy } from "../Tidy.ts"

/**
 * Keeps tensors of the forward pass alive for the backward pass, which gets them back from the function returned. What
 * the backward pass captures without saving it is freed by then.
 *
 * @since 0.1.0
 * @category models
 */
export type Save = <const Saved extends ReadonlyArray<tf.Tensor>>(...tensors: Saved) => () => Saved

/**
 * What a forward pass gives: its value, and the map from the derivative with respect to it to those with respect to
 * each input.
 *
 * @since 0.1.0
 * @category models
 */
export interface Differentiable<Out extends tf.Tensor> {
  readonly value: Out
  readonly derivative: (dy: Out) => ReadonlyArray<tf.Tensor>
}

/**
 * Runs `forward` on `inputs` so that `tf.grad` uses its derivative instead of the ones of the kernels inside. One
 * derivative written by hand dispatches a third of the kernels that differentiating step by step does, and on an eager
 * back-end kernels are what time is spent on.
 *
 * @since 0.1.0
 * @category constructors
 */
export const differentiable = <const In extends ReadonlyArray<tf.Tensor>, Out extends tf.Tensor>(
  inputs: In,
  forward: (save: Save, ...inputs: In) => Differentiable<Out>,
): Out =>
  tf.customGrad((...args: Array<tf.Tensor | tf.GradSaveFunc>) => {
    const keep = args.pop() as tf.GradSaveFunc
    let kept: ReadonlyArray<tf.Tensor> = []
    const save: Save = (...tensors) => {
      keep([...tensors])
      return () => kept as typeof tensors
    }
    const { value, derivative } = forward(save, ...(args as unknown as In))
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: Array<tf.Tensor>) => {
        kept = saved
        // TensorFlow.js frees a gradient once it has been added to another, so `dy` itself must not be handed on.
        return tidy(() => derivative(dy as Out).map((gradient) => (gradient === dy ? tf.clone(gradient) : gradient)))
      },
    }
  })(...inputs)
