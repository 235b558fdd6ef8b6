/**
 * Where the time of a GRPO step goes, and whether anything grows:
 *
 *     node benchmark/step.ts [--steps 1000] [--backend wasm|tensorflow|webgpu|cpu] [--policy FOLDER]
 *
 * Steps of the demo (16 problems × 8 completions of up to 12 tokens) with the demo's policy, held at its first weights by
 * a learning rate of 0, so that every step is as long as the first. Speeds are given beside the speed at which the same
 * back-end multiplies matrices in the same run.
 */
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Batches, Template } from "@seed-grpo/data"
import { Backend, Compilation, Parameters, Policy } from "@seed-grpo/runtime"
import * as MatrixSpeed from "@seed-grpo/runtime/MatrixSpeed"
import { layerTensorFlow } from "@seed-grpo/runtime/TensorFlowBackend"
import * as Tensors from "@seed-grpo/runtime/Tensors"
import { layerWebGpu } from "@seed-grpo/runtime/WebGpuBackend"
import { Pipeline, RunConfig, TrainStep } from "@seed-grpo/trainer"
import { Console, Effect, Layer } from "effect"

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "1000" },
    backend: { type: "string", default: "wasm" },
    policy: { type: "string", default: fileURLToPath(new URL("../../cli/demo/policy", import.meta.url)) },
  },
})
if (!existsSync(flags.policy)) throw new Error(`no policy in ${flags.policy}; give one with --policy FOLDER`)
const count = Number(flags.steps)
const backend = {
  wasm: Backend.layerWasm,
  cpu: Backend.layerCpu,
  tensorflow: layerTensorFlow,
  webgpu: layerWebGpu,
}[flags.backend]
if (backend === undefined) throw new Error("--backend is wasm, tensorflow, webgpu or cpu")

/** Programs that were compiled: they stay in memory, and new sizes of batches make new ones. */
let programs = 0
const counted = Layer.succeed(Compilation.Compilation, { enabled: true, onCompile: () => void (programs += 1) })

/** Steps before anything is counted: the engine compiles its code in them. */
const WARM_UP = 20

const mean = (values: ReadonlyArray<number>) => values.reduce((a, b) => a + b, 0) / values.length

/** Change per 1,000 steps of a straight line through the values (least squares). */
const slope = (values: ReadonlyArray<{ readonly step: number; readonly value: number }>) => {
  const [x, y] = [mean(values.map(({ step }) => step)), mean(values.map(({ value }) => value))]
  const above = values.reduce((sum, { step, value }) => sum + (step - x) * (value - y), 0)
  return (1000 * above) / values.reduce((sum, { step }) => sum + (step - x) ** 2, 0)
}

const program = Effect.gen(function* () {
  const config = yield* RunConfig.parse({
    model: flags.policy,
    steps: count,
    problemsPerStep: 16,
    data: { kind: "arithmetic" },
    sampling: { groupSize: 8, maxTokens: 12 },
    optimizer: { learningRate: 0 },
  })
  const { train } = yield* Pipeline.problems(config)
  yield* Effect.gen(function* () {
    const { config: model } = yield* Policy.Policy
    const { description } = yield* Backend.Backend
    const parameters = Parameters.count(model)
    const speed = yield* Effect.promise(() => MatrixSpeed.gigaflops(512))
    yield* Console.log(
      `${description}; policy of ${parameters} parameters; matrix products ${speed.toFixed(1)} GFLOP/s`,
    )
    const times = {
      sample: [] as Array<number>,
      grade: [] as Array<number>,
      shape: [] as Array<number>,
      update: [] as Array<number>,
    }
    const sizes: Array<{ readonly step: number; readonly value: number }> = []
    const tensors = new Set<number>()
    let [sampled, trained] = [0, 0]
    for (let step = 1; step <= count + WARM_UP; step++) {
      const problems = Batches.batchOf(train, { seed: 0, step, size: 16 })
      const { durations, groups } = yield* TrainStep.measure({
        problems: problems.map((problem) => ({ problem, prompt: Template.none.render(problem.question) })),
        groupSize: 8,
        maxTokens: 12,
        temperature: 1,
        stop: [],
        seed: 0,
        stream: "sampling",
        step,
      })
      const learned = yield* TrainStep.learn(groups, 1)
      if (step <= WARM_UP) continue
      for (const part of ["sample", "grade", "shape"] as const) times[part].push(durations[part])
      times.update.push(learned.seconds)
      for (const { advantages, group } of groups) {
        for (const [sample, { tokens }] of group.completions.entries()) {
          sampled += tokens.length
          if (advantages.advantages[sample] !== 0) trained += tokens.length + group.promptTokens.length
        }
      }
      tensors.add(Tensors.live())
      if (step % 10 === 0) sizes.push({ step, value: process.memoryUsage().rss / 2 ** 20 })
      if (step % 100 === 0) {
        yield* Console.log(
          `step ${step}: ${Tensors.live()} tensors, ${programs} compiled programs, RSS ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
        )
      }
    }
    const total = (part: keyof typeof times) => times[part].reduce((a, b) => a + b, 0)
    const milliseconds = (part: keyof typeof times) => `${part} ${(1000 * mean(times[part])).toFixed(1)} ms`
    // Two operations a parameter and token forward, four more backward; attention is left out, it is small here.
    const share = (flops: number, seconds: number) => `${((100 * flops) / seconds / (speed * 1e9)).toFixed(0)} %`
    yield* Console.log(
      [
        `a step: ${(Object.keys(times) as Array<keyof typeof times>).map(milliseconds).join(", ")}`,
        `decoding: ${(sampled / total("sample")).toFixed(0)} tokens/s, ${share(2 * parameters * sampled, total("sample"))} of the speed of matrix products`,
        `updating: ${(trained / total("update")).toFixed(0)} tokens/s, ${share(6 * parameters * trained, total("update"))} of the speed of matrix products`,
        `live tensors: ${[...tensors].join(", ")} over ${count} steps`,
        `RSS: ${slope(sizes).toFixed(1)} MiB per 1,000 steps over all of them, ${slope(sizes.slice(sizes.length / 2)).toFixed(1)} over the second half`,
      ].join("\n"),
    )
  }).pipe(
    Effect.provide(Pipeline.layer(config, config.model).pipe(Layer.provideMerge(backend), Layer.provide(counted))),
  )
})

await Effect.runPromise(program.pipe(Effect.provide(NodeServices.layer)))
