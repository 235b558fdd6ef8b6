/**
 * The policy that is sampled from and trained.
 *
 * @since 0.1.0
 */
import type { Compile } from "@seed-grpo/compile"
import { attempt } from "@seed-grpo/core/Attempt"
import { Context, Effect, type FileSystem, Layer, type Path } from "effect"
import { Backend } from "./Backend.ts"
import { Compilation } from "./Compilation.ts"
import * as CompiledGeneration from "./CompiledGeneration.ts"
import * as Generation from "./Generation.ts"
import * as Lora from "./Lora.ts"
import type { ModelConfig } from "./ModelConfig.ts"
import * as ModelFolder from "./ModelFolder.ts"
import * as Parameters from "./Parameters.ts"
import type { Tokenizer } from "./Tokenizer.ts"

/**
 * A decoder with weights on the active back-end. `update` is the only way in which it changes.
 *
 * @since 0.1.0
 * @category services
 */
export class Policy extends Context.Service<
  Policy,
  {
    readonly config: ModelConfig
    readonly tokenizer: Tokenizer
    /** What the checkpoint asks for and is not done, in words. */
    readonly notices: ReadonlyArray<string>
    /** The current weights; do not keep them across an `update`, which frees them. */
    readonly parameters: () => Parameters.Parameters
    readonly update: (parameters: Parameters.Parameters) => void
    /** How to compile what works on the weights; nothing where programs run eagerly. */
    readonly compilation: Pick<Compile.Options, "onCompile"> | undefined
    /**
     * Generates, giving other fibers a turn after every token: interruption takes effect within one token's time and
     * leaves no tensors behind.
     */
    readonly generate: (
      request: Generation.GenerationRequest,
    ) => Effect.Effect<ReadonlyArray<Generation.Generated>, Generation.GenerationError>
    /** The current weights and everything beside them, as files of a Hugging Face model folder. */
    readonly files: Effect.Effect<ReadonlyMap<string, Uint8Array>>
  }
>()("@seed-grpo/runtime/Policy") {}

/**
 * A policy made of a checkpoint in memory; its tensors live as long as the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(function* (model: ModelFolder.Model) {
  const { companions, config, notices, tokenizer } = model
  const backend = yield* Backend
  const { enabled, onCompile } = yield* Compilation
  const compilation =
    enabled && backend.name === "tensorflow" ? (onCompile === undefined ? {} : { onCompile }) : undefined
  const compiled = compilation === undefined ? undefined : CompiledGeneration.make(config, compilation)
  yield* Effect.addFinalizer(() => Effect.sync(() => compiled?.dispose()))
  const start: CompiledGeneration.CompiledGeneration["start"] =
    compiled?.start ?? ((parameters, request) => Generation.start(parameters, config, request))
  let current = yield* Parameters.load(config, model.weights)
  yield* Effect.addFinalizer(() => Effect.sync(() => Parameters.dispose(current)))

  const generate = Effect.fn("Policy.generate")(function* (request: Generation.GenerationRequest) {
    const session = yield* Effect.acquireRelease(
      attempt(Generation.GenerationError, () => start(current, request)),
      (session) => Effect.sync(session.dispose),
    )
    // Anything but a refusal is a bug, or a back-end that broke down.
    const next = Effect.promise(session.next).pipe(
      Effect.catchDefect((defect) =>
        defect instanceof Generation.GenerationError ? Effect.fail(defect) : Effect.die(defect),
      ),
    )
    while (yield* next) yield* Effect.yieldNow
    return session.result()
  }, Effect.scoped)

  return Policy.of({
    config,
    tokenizer,
    notices,
    compilation,
    parameters: () => current,
    update: (parameters) => {
      const previous = current
      current = parameters
      for (const name in previous) if (previous[name] !== parameters[name]) previous[name]!.dispose()
    },
    generate,
    files: Effect.promise(() =>
      config.adapter === undefined ? Parameters.toHost(config, current) : Lora.toPeft(config, current),
    ).pipe(Effect.map((tensors) => ModelFolder.files(config, companions, tensors))),
  })
})

/**
 * The policy of a checkpoint folder.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  folder: string,
): Layer.Layer<
  Policy,
  ModelFolder.LoadError | Parameters.ParametersError,
  Backend | FileSystem.FileSystem | Path.Path
> => Layer.effect(Policy, Effect.flatMap(ModelFolder.load(folder), make))
