import { Parameters } from "@seed-grpo/runtime"
import { characterTokenizer, newModel, tinyModel } from "@seed-grpo/testing"
import { assert, describe, it } from "vitest"

describe("newModel", () => {
  it("tokenizes characters and pieces, and back", () => {
    const { tokenizer } = tinyModel()
    for (const text of ["3/4", "-\\frac{3}{4}", "75\\%", "1×2÷3=", "\\frac{12}{7}\\%"]) {
      assert.strictEqual(tokenizer.decode(tokenizer.encode(text)), text)
    }
    assert.strictEqual(tokenizer.encode("\\frac{3}{4}").length, 5)
    assert.strictEqual(tokenizer.size, characterTokenizer("0123456789+-×÷/=.%\\{}", ["\\frac{", "}{", "\\%"]).size)
  })

  it("is made of its seed alone", () => {
    assert.deepStrictEqual(tinyModel(3).weights.shapes, tinyModel(3).weights.shapes)
    assert.notDeepEqual(tinyModel(3).weights.shapes, tinyModel(4).weights.shapes)
    assert.isBelow(Parameters.count(tinyModel().config), 4000)
  })

  it("has every tensor of its architecture", () => {
    const model = newModel({
      seed: 0,
      characters: "ab",
      hiddenSize: 8,
      intermediateSize: 12,
      layers: 2,
      heads: 2,
      keyHeads: 1,
      maxPositions: 8,
    })
    assert.deepStrictEqual(
      [...model.weights.shapes.keys()],
      Parameters.specs(model.config).map(({ name }) => name),
    )
  })
})
