/**
 * Scopes of tensors.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"

/**
 * `tf.tidy` for any value that holds tensors in arrays or records: tensors made inside are freed, those returned are
 * kept.
 *
 * @since 0.1.0
 * @category scopes
 */
export const tidy = <A>(run: () => A): A => tf.tidy(run as () => tf.TensorContainer) as A
