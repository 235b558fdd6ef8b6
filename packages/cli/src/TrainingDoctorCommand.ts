/**
 * `seed-grpo doctor --training`
 */
import type { Problem } from "@seed-grpo/core"
import { Template } from "@seed-grpo/data"
import { Backend, Policy } from "@seed-grpo/runtime"
import { Pipeline, RunConfig, ServerDoctor, TrainingDoctor } from "@seed-grpo/trainer"
import { Console, Effect, FileSystem, Option } from "effect"
import { Flag } from "effect/cli"
import { FetchHttpClient } from "effect/http"
import { type BackendChoice, backendFlag, backendLayer } from "./BackendChoice.ts"
import { keyFrom } from "./EndpointSampling.ts"
import { MODEL, modelPlace } from "./ModelPlace.ts"
import { palette } from "./Progress.ts"
import { UsageError } from "./UsageError.ts"

export const trainingFlags = {
  training: Flag.Boolean("training").pipe(
    Flag.withDescription(
      "Check that training does what it should with --model on --backend; exit code 1 when it does not",
    ),
    Flag.withDefault(false),
  ),
  model: Flag.String("model").pipe(Flag.withDescription(`With --training: ${MODEL}`), Flag.optional),
  backend: backendFlag,
  template: Flag.Literals("template", ["none", "qwen_math", "r1"]).pipe(
    Flag.withDescription("With --training: how a problem becomes a prompt"),
    Flag.withDefault("none" as const),
  ),
  maxTokens: Flag.Int("max-tokens").pipe(
    Flag.withDescription("With --training: longest completion; more take longer and look at more"),
    Flag.withDefault(24),
  ),
  tolerance: Flag.Finite("tolerance").pipe(
    Flag.withDescription(
      "With --training: how far log-probabilities of decoding and training may be apart, in nats; ratios may be as far " +
        "from 1, and the KL from 0 its square",
    ),
    Flag.withDefault(1e-3),
  ),
  endpoint: Flag.String("endpoint").pipe(
    Flag.withDescription(
      "With --training: a server that samples for training, such as http://127.0.0.1:8000/v1; its token ids and " +
        "log-probabilities are compared with those of --model",
    ),
    Flag.optional,
  ),
  servedModel: Flag.String("served-model").pipe(
    Flag.withDescription("Name of the model at the endpoint; --model when not given"),
    Flag.optional,
  ),
  apiKeyEnv: Flag.String("api-key-env").pipe(
    Flag.withDescription("Environment variable with the endpoint's API key; OPENAI_API_KEY, if set, when not given"),
    Flag.optional,
  ),
  serverTolerance: Flag.Finite("server-tolerance").pipe(
    Flag.withDescription(
      "How far log-probabilities of server and training may be apart, in nats; 0.001 is possible in 32 bits",
    ),
    Flag.withDefault(0.1),
  ),
}

interface TrainingOptions {
  readonly model: Option.Option<string>
  readonly backend: BackendChoice
  readonly template: RunConfig.RunConfig["template"]
  readonly maxTokens: number
  readonly tolerance: number
  readonly endpoint: Option.Option<string>
  readonly servedModel: Option.Option<string>
  readonly apiKeyEnv: Option.Option<string>
  readonly serverTolerance: number
}

/** Two problems with four completions each. */
const PROBLEMS = 2
const GROUP = 4

const line = ({ bad, dim, good }: ReturnType<typeof palette>, check: TrainingDoctor.TrainingCheck) =>
  [
    `${check.passed ? good("✓") : bad("✗")} ${check.name}: ${check.found}`,
    dim(`  ${check.meaning}`),
    ...(check.passed ? [] : [`  fix: ${check.fix}`]),
  ].join("\n")

/** What a server says, beside what the model says. */
const examineServer = Effect.fnUntraced(function* (
  options: TrainingOptions & { readonly baseUrl: string },
  config: RunConfig.RunConfig,
  problems: ReadonlyArray<Problem>,
) {
  const apiKey = yield* keyFrom(options.apiKeyEnv)
  const { render } = Template.templates[options.template]
  return yield* ServerDoctor.examine({
    baseUrl: options.baseUrl,
    model: Option.getOrElse(options.servedModel, () => Option.getOrElse(options.model, () => config.model)),
    ...(apiKey === undefined ? {} : { apiKey }),
    prompts: problems.map(({ question }) => render(question)),
    samples: GROUP,
    maxTokens: options.maxTokens,
    temperature: config.sampling.temperature,
    tolerance: options.serverTolerance,
  }).pipe(Effect.provide([Policy.layer(config.model), FetchHttpClient.layer]))
})

export const examineTraining = Effect.fn("examineTraining")(function* (options: TrainingOptions) {
  if (Option.isNone(options.model)) {
    return yield* Effect.fail(
      new UsageError({
        reason: "missing-option",
        at: "seed-grpo doctor --training",
        expected: "--model MODEL",
        found: "none",
        fix: "Give the folder or the name of the model that you want to train.",
      }),
    )
  }
  const fs = yield* FileSystem.FileSystem
  const model = yield* modelPlace(options.model.value)
  const config = yield* RunConfig.parse(
    {
      model,
      steps: TrainingDoctor.STEPS,
      problemsPerStep: PROBLEMS,
      template: options.template,
      data: { kind: "arithmetic" },
      sampling: { groupSize: GROUP, maxTokens: options.maxTokens },
    },
    "options",
  )
  const { train } = yield* Pipeline.problems(config)
  const folder = yield* Effect.orDie(fs.makeTempDirectoryScoped({ prefix: "seed-grpo-doctor-" }))
  const colours = palette()
  const checks = yield* Effect.gen(function* () {
    const { description } = yield* Backend.Backend
    yield* Console.log(
      `${model} on ${description}: steps of ${PROBLEMS} problems × ${GROUP} completions of up to ${options.maxTokens} tokens`,
    )
    const own = yield* TrainingDoctor.examine({
      config,
      problems: train.slice(0, 8 * PROBLEMS),
      folder,
      tolerance: options.tolerance,
      onCheck: (check) => Console.log(line(colours, check)),
    })
    if (Option.isNone(options.endpoint)) return own
    const baseUrl = options.endpoint.value
    yield* Console.log(`Asking ${baseUrl} for ${PROBLEMS} × ${GROUP} completions`)
    const served = yield* examineServer({ ...options, baseUrl }, config, train.slice(0, PROBLEMS))
    yield* Effect.forEach(served, (check) => Console.log(line(colours, check)))
    return [...own, ...served]
  }).pipe(Effect.provide(backendLayer(options.backend)))
  const failed = checks.filter(({ passed }) => !passed).length
  yield* Console.log(
    failed === 0
      ? `All ${checks.length} checks passed: training can be trusted with this model on this back-end.`
      : `${failed} of ${checks.length} checks failed.`,
  )
  if (failed > 0) process.exitCode = 1
}, Effect.scoped)
