export * from "./Browser.ts"
export * from "./CharacterTokenizer.ts"
export * from "./NewModel.ts"
