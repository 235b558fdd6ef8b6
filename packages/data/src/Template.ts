/**
 * From a question to the prompt that a policy sees: the three templates of Dr.GRPO's recipe
 * (sail-sg/understand-r1-zero). The texts are what checkpoints were trained on, so they are kept to the letter.
 *
 * @since 0.1.0
 */
import { Extract } from "@seed-grpo/equivalence"

/**
 * A way to ask.
 *
 * @since 0.1.0
 * @category models
 */
export interface Template {
  readonly name: TemplateName
  readonly render: (question: string) => string
  /** Texts that end a completion and stay in it. */
  readonly stop: ReadonlyArray<string>
  /** Where the answer has to stand, because the template asks for it there. */
  readonly answerRules: ReadonlyArray<Extract.ExtractionRule>
}

/**
 * @since 0.1.0
 * @category models
 */
export type TemplateName = "none" | "qwen_math" | "r1"

/**
 * The question itself.
 *
 * @since 0.1.0
 * @category templates
 */
export const none: Template = {
  name: "none",
  render: (question) => question,
  stop: [],
  answerRules: Extract.ALL_RULES,
}

/**
 * Qwen's chat format, asking for step-by-step reasoning with the final answer in a box.
 *
 * @since 0.1.0
 * @category templates
 */
export const qwenMath: Template = {
  name: "qwen_math",
  render: (question) =>
    "<|im_start|>system\nPlease reason step by step, and put your final answer within \\boxed{}.<|im_end|>\n" +
    `<|im_start|>user\n${question}<|im_end|>\n<|im_start|>assistant\n`,
  stop: [],
  answerRules: ["boxed"],
}

/**
 * Plain text in the manner of DeepSeek-R1-Zero: think, then answer between tags. The prompt ends inside the thinking.
 *
 * @since 0.1.0
 * @category templates
 */
export const r1: Template = {
  name: "r1",
  render: (question) =>
    "A conversation between User and Assistant. The User asks a question, and the Assistant solves it. " +
    "The Assistant first thinks about the reasoning process in the mind and then provides the User with the answer. " +
    "The reasoning process is enclosed within <think> </think> and answer is enclosed within <answer> </answer> tags, " +
    "respectively, i.e., <think> reasoning process here </think> <answer> answer here </answer>.\n" +
    `User: ${question}\nAssistant: <think>`,
  stop: ["</answer>"],
  answerRules: ["answer-tag"],
}

/**
 * Every template by name.
 *
 * @example
 * ```ts
 * import assert from "node:assert"
 * import { Template } from "@seed-grpo/data"
 *
 * assert.equal(Template.templates.none.render("1+1="), "1+1=")
 * assert.deepEqual(Template.templates.r1.stop, ["</answer>"])
 * ```
 *
 * @since 0.1.0
 * @category templates
 */
export const templates: { readonly [Name in TemplateName]: Template } = { none, qwen_math: qwenMath, r1 }
