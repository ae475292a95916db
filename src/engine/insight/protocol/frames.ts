import { type ArrayDescription, arrayOver, arrayType, elementBytes, type ShapedArray } from './arrays';
import type { FrameHeader, InspectorAnswer } from './messages';

/*
 * A frame is the length of its header (4 bytes, little endian), the header (JSON in UTF-8) and the bytes of the arrays
 * that the header announces, in its order, little endian, with nothing in between.
 */

/** Longest header that is read: longer ones are taken for bytes that are no frame. */
const maxHeaderBytes = 16 * 1024 * 1024;

/**
 * An answer as chunks to be written one after the other. Arrays are not copied: the chunks look into their memory, which
 * must not change until they are written.
 *
 * @throws RangeError when an array does not have as many values as its shape says.
 */
export function encodeFrame(answer: InspectorAnswer): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let header: FrameHeader;
  if (answer.ok) {
    const arrays: ArrayDescription[] = [];
    for (const [name, array] of Object.entries(answer.arrays)) {
      if (!array) continue;
      const { shape, values } = array;
      if (values.length !== shape.reduce((product, side) => product * side, 1))
        throw new RangeError(`array "${name}" has ${values.length} values, its shape is [${shape.join(', ')}]`);
      arrays.push({ name, type: arrayType(values), shape, byteLength: values.byteLength });
      chunks.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
    header = { id: answer.id, ok: true, result: answer.result, arrays };
  } else {
    header = answer;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(4 + json.length);
  new DataView(start.buffer).setUint32(0, json.length, true);
  start.set(json, 4);
  return [start, ...chunks];
}

/**
 * Reads frames out of a stream of bytes that is cut anywhere. Every array gets a buffer of its own, filled as the bytes
 * arrive, so that it can be handed on without a copy.
 */
export class FrameDecoder {
  #target = new Uint8Array(4);
  #filled = 0;
  #part: 'length' | 'header' | 'arrays' = 'length';
  #header: Extract<FrameHeader, { ok: true }> | undefined;
  #buffers: ArrayBuffer[] = [];

  /**
   * Takes in the next bytes.
   * @returns the answers that are whole now, often none.
   * @throws RangeError when the bytes are no frames; the decoder is of no use afterwards.
   */
  push(chunk: Uint8Array): InspectorAnswer[] {
    const answers: InspectorAnswer[] = [];
    let at = 0;
    while (at < chunk.length) {
      const count = Math.min(chunk.length - at, this.#target.length - this.#filled);
      this.#target.set(chunk.subarray(at, at + count), this.#filled);
      at += count;
      this.#filled += count;
      // An array without a value is whole at once.
      while (this.#filled === this.#target.length) {
        const answer = this.#next();
        if (answer) answers.push(answer);
      }
    }
    return answers;
  }

  /** True in the middle of a frame: a stream that ends now was cut off. */
  get pending(): boolean {
    return this.#part !== 'length' || this.#filled > 0;
  }

  /** What to do once the part that was being read is whole. */
  #next(): InspectorAnswer | undefined {
    switch (this.#part) {
      case 'length': {
        const length = new DataView(this.#target.buffer).getUint32(0, true);
        if (length === 0 || length > maxHeaderBytes) throw new RangeError('the bytes are no frames of the inspector');
        this.#read('header', length);
        return undefined;
      }
      case 'header': {
        const header = parseHeader(this.#target);
        if (!header.ok) return this.#finish(header);
        this.#header = header;
        this.#buffers = [];
        return this.#nextArray();
      }
      case 'arrays':
        this.#buffers.push(this.#target.buffer);
        return this.#nextArray();
    }
  }

  #nextArray(): InspectorAnswer | undefined {
    const { id, result, arrays } = this.#header!;
    const next = arrays[this.#buffers.length];
    if (next) {
      this.#read('arrays', next.byteLength);
      return undefined;
    }
    const named: Record<string, ShapedArray> = {};
    arrays.forEach(({ name, type, shape }, i) => {
      named[name] = { shape, values: arrayOver(type, this.#buffers[i]!) };
    });
    return this.#finish({ id, ok: true, result, arrays: named });
  }

  #finish(answer: InspectorAnswer): InspectorAnswer {
    this.#header = undefined;
    this.#buffers = [];
    this.#read('length', 4);
    return answer;
  }

  #read(part: 'length' | 'header' | 'arrays', bytes: number): void {
    this.#part = part;
    this.#target = new Uint8Array(bytes);
    this.#filled = 0;
  }
}

function parseHeader(bytes: Uint8Array): FrameHeader {
  let header: FrameHeader;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes)) as FrameHeader;
  } catch (error) {
    throw new RangeError('the header of a frame is not JSON', { cause: error });
  }
  if (!header.ok) return header;
  for (const { name, type, shape, byteLength } of header.arrays) {
    const size = elementBytes[type] * shape.reduce((product, side) => product * side, 1);
    if (size !== byteLength) throw new RangeError(`array "${name}" of a frame does not have the size of its shape`);
  }
  return header;
}
