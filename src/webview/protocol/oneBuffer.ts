/** Up to so many buffers a message carries as they are. */
const most = 200;

type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/**
 * What a message carries, with all its numbers in one buffer when there are many arrays of them.
 *
 * The editor takes the buffers out of a message between a panel and its host, and counts them in a single byte: of a message
 * with more than 255, the rest would arrive empty, without an error. Arrays that share a buffer count once.
 *
 * @returns `body` itself, or a copy of the same shape whose arrays lie one after the other in one buffer.
 */
export function inOneBuffer<Body>(body: Body): Body {
  const arrays = new Map<TypedArray, TypedArray>();
  collect(body, arrays);
  if (new Set([...arrays.keys()].map(({ buffer }) => buffer)).size <= most) return body;
  // Every array starts at a multiple of 8 bytes: views demand that they are aligned.
  const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;
  const buffer = new ArrayBuffer([...arrays.keys()].reduce((total, array) => total + aligned(array.byteLength), 0));
  let offset = 0;
  for (const array of arrays.keys()) {
    const View = array.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => TypedArray;
    const view = new View(buffer, offset, array.length);
    view.set(array);
    arrays.set(array, view);
    offset += aligned(array.byteLength);
  }
  return replaced(body, arrays) as Body;
}

function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function collect(value: unknown, arrays: Map<TypedArray, TypedArray>): void {
  if (isTypedArray(value)) arrays.set(value, value);
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) collect(part, arrays);
}

function replaced(value: unknown, arrays: ReadonlyMap<TypedArray, TypedArray>): unknown {
  if (isTypedArray(value)) return arrays.get(value);
  if (Array.isArray(value)) return value.map((part) => replaced(part, arrays));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaced(part, arrays)]));
}
