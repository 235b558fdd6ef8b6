/**
 * A traced function as the bytes of a TensorFlow SavedModel.
 *
 * Numbers of messages' fields are those of TensorFlow's public `.proto` files (`graph.proto`, `function.proto`,
 * `saved_model.proto`), which never change their meaning.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire"
import { type Attribute, callees, DataTypes, type GraphFunction, needed, type Node, type Value } from "../Graph.ts"
import { outputReference } from "./outputNames.ts"

type Write = (writer: BinaryWriter) => BinaryWriter

/** The version of the graph format that TensorFlow 2.9, the oldest that tfjs-node brings, writes. */
const PRODUCER = 1087

const message =
  (field: number, content: Write): Write =>
  (writer) =>
    content(writer.tag(field, WireType.LengthDelimited).fork()).join()

const text =
  (field: number, value: string): Write =>
  (writer) =>
    writer.tag(field, WireType.LengthDelimited).string(value)

const integer =
  (field: number, value: number): Write =>
  (writer) =>
    writer.tag(field, WireType.Varint).int64(value)

const each =
  (parts: Iterable<Write>): Write =>
  (writer) => {
    for (const part of parts) part(writer)
    return writer
  }

const all = (...parts: ReadonlyArray<Write>): Write => each(parts)

const entry = (field: number, key: string, value: Write): Write => message(field, all(text(1, key), value))

const shape = (sizes: ReadonlyArray<number>): Write => each(sizes.map((size) => message(2, integer(1, size))))

const packed = (field: number, values: ReadonlyArray<number>): Write =>
  message(field, (writer) => {
    for (const value of values) writer.int64(value)
    return writer
  })

const attributeValue = (attribute: Attribute, nameOf: (callee: GraphFunction) => string): Write => {
  const { kind, value } = attribute
  switch (kind) {
    case "string":
      return text(2, value)
    case "int":
      return typeof value === "number" ? integer(3, value) : message(1, packed(3, value))
    case "float":
      return (writer) => writer.tag(4, WireType.Bit32).float(value)
    case "bool":
      return (writer) => writer.tag(5, WireType.Varint).bool(value)
    case "type":
      return typeof value === "number" ? integer(6, value) : message(1, packed(6, value))
    case "shapes":
      return message(1, each(value.map((one) => message(7, shape(one)))))
    case "function":
      return message(10, text(1, nameOf(value)))
  }
}

const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

/** One value stands for all of a constant that repeats it; TensorFlow fills up with the last. */
const tensor = (value: Value, constant: ArrayLike<number> & ArrayBufferView): Write => {
  const { dtype } = value
  const first = constant[0]
  const same =
    constant.length > 1 && Array.prototype.every.call(constant, (one: number) => Object.is(one, first))
      ? first
      : undefined
  const content: Write =
    same === undefined
      ? (writer) => writer.tag(4, WireType.LengthDelimited).bytes(bytesOf(constant))
      : dtype === "float32"
        ? message(5, (writer) => writer.float(same))
        : dtype === "bool"
          ? message(11, (writer) => writer.bool(same !== 0))
          : dtype === "int32"
            ? message(7, (writer) => writer.int32(same))
            : (writer) => writer.tag(4, WireType.LengthDelimited).bytes(bytesOf(constant))
  return all(integer(1, DataTypes[dtype]), message(2, shape(value.shape)), content)
}

const typeAttribute = (name: string, dtype: keyof typeof DataTypes) =>
  entry(5, name, message(2, integer(6, DataTypes[dtype])))

const functionDef = (
  body: GraphFunction,
  nameOf: (callee: GraphFunction) => string,
  attributes: Write = all(),
): Write => {
  const nodes = needed(body)
  const nameOfNode = new Map<Node, string>(nodes.map((node, i) => [node, `n${i}`]))
  body.parameters.forEach(({ node }, i) => nameOfNode.set(node, `p${i}`))
  const reference = ({ node, output }: Value) =>
    node.operation === "Parameter"
      ? nameOfNode.get(node)!
      : `${nameOfNode.get(node)!}:${outputReference(node.operation, output)}`

  const signature = message(
    1,
    all(
      text(1, nameOf(body)),
      each(body.parameters.map(({ dtype }, i) => message(2, all(text(1, `p${i}`), integer(3, DataTypes[dtype]))))),
      each(body.results.map(({ dtype }, i) => message(3, all(text(1, `r${i}`), integer(3, DataTypes[dtype]))))),
    ),
  )
  const definition = (node: Node): Write =>
    message(
      3,
      all(
        text(1, nameOfNode.get(node)!),
        text(2, node.operation),
        each(node.inputs.map((input) => text(3, reference(input)))),
        each(
          Object.entries(node.attributes).map(([name, attribute]) =>
            entry(5, name, message(2, attributeValue(attribute, nameOf))),
          ),
        ),
        ...(node.constant === undefined
          ? []
          : [
              typeAttribute("dtype", node.outputs[0]!.dtype),
              entry(5, "value", message(2, message(8, tensor(node.outputs[0]!, node.constant)))),
            ]),
      ),
    )
  return message(
    1,
    all(
      signature,
      each(nodes.filter(({ operation }) => operation !== "Parameter").map(definition)),
      each(body.results.map((result, i) => entry(4, `r${i}`, text(2, reference(result))))),
      attributes,
    ),
  )
}

/** The inputs of a program as a session knows them. */
export const inputName = (i: number): string => `i${i}:0`

/** The outputs of a program's calls as a session knows them. */
export const outputName = (call: number, i: number): string => `call${call}:${i}`

/** What protocol buffers, and so TensorFlow, can read. */
const LARGEST = 2 ** 31 - 1

/**
 * The whole program: placeholders, calls, their function and those that it calls. Each of `calls` says which input every
 * parameter is; what does not wait for another, TensorFlow runs at the same time. `compiled` asks XLA for them and allows
 * nothing else. A `RangeError` where it would have more than `largest` bytes.
 */
export const savedModel = (
  body: GraphFunction,
  calls: ReadonlyArray<ReadonlyArray<number>>,
  compiled: boolean,
  largest = LARGEST,
): Uint8Array<ArrayBuffer> => {
  const functions = [...callees(body), body]
  const named = new Map(functions.map((one, i) => [one, `${one.label.replaceAll(/\W/g, "_")}_${i}`]))
  const nameOf = (callee: GraphFunction) => named.get(callee)!
  const types = (values: ReadonlyArray<Value>): Attribute => ({
    kind: "type",
    value: values.map(({ dtype }) => DataTypes[dtype]),
  })
  const mustCompile: Write = compiled
    ? entry(5, "_XlaMustCompile", message(2, attributeValue({ kind: "bool", value: true }, nameOf)))
    : all()
  const inputs = new Map(calls.flatMap((call) => call.map((input, i) => [input, body.parameters[i]!] as const)))
  const placeholders = [...inputs].map(([i, parameter]) =>
    message(
      1,
      all(
        text(1, `i${i}`),
        text(2, "Placeholder"),
        typeAttribute("dtype", parameter.dtype),
        entry(5, "shape", message(2, message(7, shape(parameter.shape)))),
      ),
    ),
  )
  const nodes = calls.map((call, k) =>
    message(
      1,
      all(
        text(1, `call${k}`),
        text(2, "PartitionedCall"),
        each(call.map((input) => text(3, `i${input}`))),
        entry(5, "Tin", message(2, attributeValue(types(body.parameters), nameOf))),
        entry(5, "Tout", message(2, attributeValue(types(body.results), nameOf))),
        entry(5, "f", message(2, attributeValue({ kind: "function", value: body }, nameOf))),
        mustCompile,
      ),
    ),
  )
  // The attributes of a function are field 5 of its definition, as those of a node are.
  const library = message(2, each(functions.map((one) => functionDef(one, nameOf, one === body ? mustCompile : all()))))
  const graph = message(2, all(each(placeholders), each(nodes), library, message(4, integer(1, PRODUCER))))
  const metaInfo = message(1, text(4, "serve"))
  const bytes = all(integer(1, 1), message(2, all(metaInfo, graph)))(new BinaryWriter()).finish()
  if (bytes.length > largest) {
    throw new RangeError(`a program of ${bytes.length} bytes, of which TensorFlow reads at most ${largest}`)
  }
  return bytes
}
