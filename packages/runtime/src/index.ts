/**
 * @since 0.1.0
 */
export * as Backend from "./Backend.ts"
export * as CompletionScores from "./CompletionScores.ts"
export * as Decoder from "./Decoder.ts"
export * as DrawToken from "./DrawToken.ts"
export * as Generation from "./Generation.ts"
export * as ModelConfig from "./ModelConfig.ts"
export * as ModelFolder from "./ModelFolder.ts"
export * as Padding from "./Padding.ts"
export * as Parameters from "./Parameters.ts"
export * as Policy from "./Policy.ts"
export * as Prefill from "./Prefill.ts"
export * as Rope from "./Rope.ts"
export * as Safetensors from "./Safetensors.ts"
export * as Tidy from "./Tidy.ts"
export * as Tokenizer from "./Tokenizer.ts"
