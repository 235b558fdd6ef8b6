export * from "./CharacterTokenizer.ts"
export * from "./NewModel.ts"
