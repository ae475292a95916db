import { onnx } from 'onnx-proto';
import { Problem } from '../../runs/problem';

/** Element types that cross between tfjs and ONNX. Offsets and axes of ONNX operators are int64. */
export type ElementType = 'float32' | 'int32' | 'int64' | 'bool';

/** Numbers of ONNX's TensorProto.DataType. */
export const onnxTypeNumber: Record<ElementType, number> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** `{ float: x }` writes a FLOAT attribute; plain numbers and number lists are INT and INTS, strings are STRING. */
export type Attribute = number | readonly number[] | string | { float: number } | { floats: readonly number[] };

export interface GraphNode {
  op: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: Record<string, Attribute>;
  /** Name shown by graph viewers; empty = numbered by operator. */
  name?: string;
}

/** ONNX Runtime's own operators (FusedMatMul …). */
export const microsoftDomain = 'com.microsoft';
/**
 * ONNX Runtime's channel-blocked operators. Its optimizer inserts them where weights are constants; here they are
 * written directly, which gives weights that change (training) the same fast convolutions.
 */
export const blockedDomain = 'com.microsoft.nchwc';

const opset = 17;

interface Initializer {
  type: ElementType;
  dims: readonly number[];
  data: Float32Array | Int32Array | BigInt64Array | Uint8Array;
}

interface Port {
  name: string;
  type: ElementType;
  dims: readonly number[];
}

/**
 * An ONNX graph under construction. Values are named by strings; every value's element type and dimensions are known
 * as soon as it exists, because everything that is traced has a static shape.
 */
export class OnnxGraph {
  readonly nodes: GraphNode[] = [];
  readonly inputs: Port[] = [];
  readonly outputs: Port[] = [];
  private readonly initializers = new Map<string, Initializer>();
  private readonly dimsByName = new Map<string, readonly number[]>();
  private readonly typeByName = new Map<string, ElementType>();
  private readonly constantByKey = new Map<string, string>();
  private readonly reused = new Map<string, string>();
  private readonly producers = new Map<string, GraphNode>();
  /** Values that are outputs, and the names they have as such. */
  private readonly renamed = new Map<string, string>();
  private counter = 0;

  /** Dimensions of the value called `name`. */
  dims(name: string): readonly number[] {
    const dims = this.dimsByName.get(name);
    if (!dims) throw new Error(`the graph has no value "${name}"`);
    return dims;
  }

  /** Element type of the value called `name`. */
  type(name: string): ElementType {
    const type = this.typeByName.get(name);
    if (!type) throw new Error(`the graph has no value "${name}"`);
    return type;
  }

  /** The node that computes `name`, or undefined for inputs and constants. */
  producer(name: string): GraphNode | undefined {
    return this.producers.get(name);
  }

  addInput(name: string, type: ElementType, dims: readonly number[]): string {
    this.inputs.push({ name, type, dims });
    this.define(name, type, dims);
    return name;
  }

  /** Gives an input other dimensions of the same size: its memory layout may be settled after it was declared. */
  redefineInput(name: string, dims: readonly number[]): void {
    const port = this.inputs.find((input) => input.name === name);
    if (!port) throw new Error(`the graph has no input "${name}"`);
    port.dims = dims;
    this.dimsByName.set(name, dims);
  }

  /** Makes `value` an output called `name`. The node that computes it gets the name, so that nothing is copied. */
  addOutput(name: string, value: string): void {
    const type = this.type(value);
    const dims = this.dims(value);
    this.define(name, type, dims);
    this.outputs.push({ name, type, dims });
    if (this.producers.has(value) && !this.renamed.has(value)) this.renamed.set(value, name);
    else this.nodes.push({ op: 'Identity', domain: '', inputs: [value], outputs: [name], attributes: {} });
  }

  /** Adds a node with one output and returns the output's name. An equal node that exists already is used again. */
  add(
    op: string,
    inputs: string[],
    result: { dims: readonly number[]; type?: ElementType },
    attributes: Record<string, Attribute> = {},
    domain = '',
  ): string {
    const key = `${domain}.${op}(${inputs.join()})${JSON.stringify(attributes)}`;
    const known = this.reused.get(key);
    if (known !== undefined) return known;
    const [name] = this.addMany(op, inputs, [result], attributes, domain);
    this.reused.set(key, name!);
    return name!;
  }

  /** Adds a node with several outputs. */
  addMany(
    op: string,
    inputs: string[],
    results: readonly { dims: readonly number[]; type?: ElementType }[],
    attributes: Record<string, Attribute> = {},
    domain = '',
  ): string[] {
    const outputs = results.map(({ dims, type }) => {
      const name = `${op}_${this.counter++}`;
      this.define(name, type ?? this.type(inputs[0]!), dims);
      return name;
    });
    const node = { op, domain, inputs, outputs, attributes };
    this.nodes.push(node);
    for (const output of outputs) this.producers.set(output, node);
    return outputs;
  }

  /** A float32 (default), int32 or bool constant. */
  constant(
    values: ArrayLike<number>,
    dims: readonly number[],
    type: Exclude<ElementType, 'int64'> = 'float32',
  ): string {
    const data =
      type === 'float32'
        ? Float32Array.from(values)
        : type === 'int32'
          ? Int32Array.from(values)
          : Uint8Array.from(values, (v) => (v ? 1 : 0));
    return this.addInitializer(data, dims, type);
  }

  /** A 1-D int64 constant: axes, offsets, shapes. */
  integers(values: readonly number[]): string {
    return this.addInitializer(BigInt64Array.from(values, BigInt), [values.length], 'int64');
  }

  /** The same elements under other dimensions; no node when they are the same already. */
  reshape(value: string, dims: readonly number[]): string {
    const producer = this.producers.get(value);
    if (producer?.op === 'Reshape' && producer.domain === '') return this.reshape(producer.inputs[0]!, dims);
    const have = this.dims(value);
    if (have.length === dims.length && have.every((size, i) => size === dims[i])) return value;
    return this.add('Reshape', [value, this.integers(dims)], { dims });
  }

  /** Transposes the value; no node for the identity or for moving axes of size 1. */
  transpose(value: string, permutation: readonly number[]): string {
    const have = this.dims(value);
    const dims = permutation.map((axis) => have[axis]!);
    const moved = permutation.filter((axis) => have[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || moved[i - 1]! < axis)) return this.reshape(value, dims);
    return this.add('Transpose', [value], { dims }, { perm: permutation });
  }

  private addInitializer(data: Initializer['data'], dims: readonly number[], type: ElementType): string {
    const small = data.length <= 4096;
    const key = small ? `${type}[${dims.join()}]${Array.from(data as ArrayLike<number | bigint>).join()}` : undefined;
    const known = key === undefined ? undefined : this.constantByKey.get(key);
    // -0 and 0 print the same: constants with a negative zero are kept apart by not being shared.
    if (known !== undefined && !hasNegativeZero(data)) return known;
    const name = `constant_${this.counter++}`;
    this.initializers.set(name, { type, dims, data });
    this.define(name, type, dims);
    if (key !== undefined) this.constantByKey.set(key, name);
    return name;
  }

  /** Adds a named float32 initializer: the weights of an exported model. */
  addWeights(name: string, data: Float32Array, dims: readonly number[]): string {
    this.initializers.set(name, { type: 'float32', dims, data });
    this.define(name, 'float32', dims);
    return name;
  }

  /** Values of a float constant, or undefined when `name` is computed. */
  constantValues(name: string): ArrayLike<number> | undefined {
    const data = this.initializers.get(name)?.data;
    return data instanceof BigInt64Array ? undefined : data;
  }

  private define(name: string, type: ElementType, dims: readonly number[]): void {
    if (this.dimsByName.has(name)) throw new Error(`the graph has two values called "${name}"`);
    this.dimsByName.set(name, dims);
    this.typeByName.set(name, type);
  }

  /** Drops nodes that no output needs; ONNX Runtime would run them. */
  prune(): void {
    const needed = new Set(this.outputs.map((output) => output.name));
    for (const value of this.renamed.keys()) needed.add(value);
    const kept: GraphNode[] = [];
    for (const node of this.nodes.slice().reverse()) {
      if (!node.outputs.some((name) => needed.has(name))) continue;
      for (const input of node.inputs) needed.add(input);
      kept.push(node);
    }
    this.nodes.splice(0, this.nodes.length, ...kept.reverse());
    for (const name of this.initializers.keys()) if (!needed.has(name)) this.initializers.delete(name);
  }

  /**
   * The model as ONNX protobuf bytes.
   * @throws Problem when the model is larger than the 2 GiB that protobuf can hold.
   */
  encode(options: { producer: string; documentation?: string; name?: string }): Uint8Array {
    const { TensorProto, AttributeProto, ModelProto } = onnx;
    const initializer = [...this.initializers].map(([name, { type, dims, data }]) =>
      TensorProto.create({
        name,
        dataType: onnxTypeNumber[type],
        dims: [...dims],
        rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      }),
    );
    const bytes = initializer.reduce((sum, tensor) => sum + tensor.rawData.byteLength, 0);
    if (bytes > 2 ** 31 - 2 ** 24) {
      throw new Problem(`the model holds ${(bytes / 2 ** 30).toFixed(1)} GiB of constants; ONNX files end at 2 GiB`, {
        hint: 'Use fewer filters, or a smaller batch in the custom loss.',
      });
    }
    const attribute = (name: string, value: Attribute): onnx.IAttributeProto => {
      const { AttributeType } = AttributeProto;
      if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
      if (typeof value === 'string') return { name, type: AttributeType.STRING, s: Buffer.from(value) };
      if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
      if ('floats' in value) return { name, type: AttributeType.FLOATS, floats: [...value.floats] };
      return { name, type: AttributeType.INTS, ints: [...value] };
    };
    const port = ({ name, type, dims }: Port): onnx.IValueInfoProto => ({
      name,
      type: {
        tensorType: { elemType: onnxTypeNumber[type], shape: { dim: dims.map((size) => ({ dimValue: size })) } },
      },
    });
    const finalName = (name: string): string => this.renamed.get(name) ?? name;
    const domains = new Set(this.nodes.map((node) => node.domain));
    domains.add('');
    return ModelProto.encode({
      irVersion: 8,
      opsetImport: [...domains].map((domain) => ({ domain, version: domain === '' ? opset : 1 })),
      producerName: options.producer,
      docString: options.documentation ?? '',
      graph: {
        name: options.name ?? 'graph',
        node: this.nodes.map((node, index) => ({
          name: node.name ?? `${node.op}_${index}`,
          opType: node.op,
          domain: node.domain,
          input: node.inputs.map(finalName),
          output: node.outputs.map(finalName),
          attribute: Object.entries(node.attributes).map(([name, value]) => attribute(name, value)),
        })),
        initializer,
        input: this.inputs.map(port),
        output: this.outputs.map(port),
      },
    }).finish();
  }
}

function hasNegativeZero(data: Initializer['data']): boolean {
  return data instanceof Float32Array && data.some((value) => Object.is(value, -0));
}
