/** Pixels of a picture as a canvas takes them: red, green, blue, alpha, 8 bits each. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

const tag = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  samples: 277,
  stripBytes: 279,
  planar: 284,
  predictor: 317,
  palette: 320,
} as const;

const bytesOfType: Record<number, number> = { 1: 1, 3: 2, 4: 4 };

/**
 * The first picture of a TIFF file, for a preview: browsers do not read TIFF, and half of all biomedical images are one.
 * Reads strips of 8 or 16 bits, grey, RGB or with a palette, plain, packed (PackBits) or LZW: TIFF 6.0, the baseline and
 * the extension that scanners and cameras write. 16 bits are shown from the darkest to the brightest value.
 *
 * @throws Error in words for every other kind.
 */
export function decodeTiff(file: ArrayBuffer): Pixels {
  const view = new DataView(file);
  const order = view.byteLength < 8 ? 0 : view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) throw new Error('not a TIFF file');
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) throw new Error('a BigTIFF, of which there is no preview');
  const tags = readTags(view, little);
  const one = (which: number, otherwise?: number): number => {
    const value = tags.get(which)?.[0] ?? otherwise;
    if (value === undefined) throw new Error('a TIFF without strips, of which there is no preview');
    return value;
  };
  const [width, height, samples] = [one(tag.width), one(tag.height), one(tag.samples, 1)];
  const bits = one(tag.bits, 1);
  if (bits !== 8 && bits !== 16) throw new Error(`a TIFF of ${bits} bits, of which there is no preview`);
  if (one(tag.planar, 1) !== 1) throw new Error('a TIFF in separate planes, of which there is no preview');
  const offsets = tags.get(tag.stripOffsets);
  const counts = tags.get(tag.stripBytes);
  if (!offsets || !counts) throw new Error('a TIFF in tiles, of which there is no preview');

  const bytes = new Uint8Array((width * height * samples * bits) / 8);
  let filled = 0;
  offsets.forEach((offset, strip) => {
    const packed = new Uint8Array(file, offset, counts[strip]);
    filled = unpack(packed, one(tag.compression, 1), bytes, filled);
  });
  const values = bits === 16 ? sixteenBits(bytes, little) : bytes;
  if (one(tag.predictor, 1) === 2) undoDifferences(values, width, height, samples);
  const shown = values instanceof Uint16Array ? stretched(values) : values;
  const palette = tags.get(tag.palette);
  return { width, height, data: colours(shown, width * height, samples, one(tag.photometric, 1), palette) };
}

function readTags(view: DataView, little: boolean): Map<number, number[]> {
  const start = view.getUint32(4, little);
  const tags = new Map<number, number[]>();
  for (let entry = 0; entry < view.getUint16(start, little); entry += 1) {
    const at = start + 2 + 12 * entry;
    const size = bytesOfType[view.getUint16(at + 2, little)];
    if (size === undefined) continue;
    const count = view.getUint32(at + 4, little);
    const from = size * count <= 4 ? at + 8 : view.getUint32(at + 8, little);
    const read = (offset: number): number =>
      size === 1 ? view.getUint8(offset) : size === 2 ? view.getUint16(offset, little) : view.getUint32(offset, little);
    tags.set(
      view.getUint16(at, little),
      Array.from({ length: count }, (_, index) => read(from + index * size)),
    );
  }
  return tags;
}

/** Unpacks a strip behind what is filled so far; gives how far it is filled then. */
function unpack(packed: Uint8Array, compression: number, into: Uint8Array, filled: number): number {
  switch (compression) {
    case 1: {
      const part = packed.subarray(0, into.length - filled);
      into.set(part, filled);
      return filled + part.length;
    }
    case 5:
      return unpackLzw(packed, into, filled);
    case 32773:
      return unpackBits(packed, into, filled);
    default:
      throw new Error(`a TIFF with compression ${compression}, of which there is no preview`);
  }
}

function unpackBits(packed: Uint8Array, into: Uint8Array, filled: number): number {
  let position = 0;
  while (position < packed.length && filled < into.length) {
    const length = (packed[position]! << 24) >> 24;
    position += 1;
    if (length >= 0) {
      into.set(packed.subarray(position, position + length + 1).subarray(0, into.length - filled), filled);
      position += length + 1;
      filled += length + 1;
    } else if (length !== -128) {
      into.fill(packed[position]!, filled, filled + 1 - length);
      position += 1;
      filled += 1 - length;
    }
  }
  return Math.min(filled, into.length);
}

const clearCode = 256;
const endCode = 257;

/** TIFF's LZW: codes of 9 to 12 bits, the highest bit first, that grow one code early. */
function unpackLzw(packed: Uint8Array, into: Uint8Array, filled: number): number {
  // An entry of the table is a stretch of the output: where it begins, and how long it is.
  const starts = new Int32Array(4096);
  const lengths = new Int32Array(4096);
  let next = endCode + 1;
  let width = 9;
  let bit = 0;
  let previous = -1;
  let previousStart = 0;
  let previousLength = 0;
  const end = packed.length * 8;
  while (bit + width <= end && filled < into.length) {
    let code = 0;
    for (let left = width; left > 0; left -= 1, bit += 1)
      code = (code << 1) | ((packed[bit >> 3]! >> (7 - (bit & 7))) & 1);
    if (code === endCode) break;
    if (code === clearCode) {
      next = endCode + 1;
      width = 9;
      previous = -1;
      continue;
    }
    const start = filled;
    if (code < clearCode) {
      into[filled] = code;
      filled += 1;
    } else {
      const known = code < next;
      if (!known && (code !== next || previous < 0)) throw new Error('a damaged TIFF');
      const from = known ? starts[code]! : previousStart;
      const length = known ? lengths[code]! : previousLength + 1;
      // Byte by byte: a stretch may run into what it is writing.
      for (let index = 0; index < length && filled < into.length; index += 1, filled += 1)
        into[filled] = into[from + index]!;
    }
    if (previous >= 0 && next < 4096) {
      // The previous stretch and the first byte of this one lie one after the other in the output.
      starts[next] = previousStart;
      lengths[next] = previousLength + 1;
      next += 1;
    }
    if (next >= (1 << width) - 1 && width < 12) width += 1;
    previous = code;
    previousStart = start;
    previousLength = filled - start;
  }
  return filled;
}

function sixteenBits(bytes: Uint8Array, little: boolean): Uint16Array {
  const view = new DataView(bytes.buffer);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, index) => view.getUint16(2 * index, little));
}

/** Horizontal differencing, by which scanners make pictures easier to pack. */
function undoDifferences(values: Uint8Array | Uint16Array, width: number, height: number, samples: number): void {
  for (let row = 0; row < height; row += 1) {
    const start = row * width * samples;
    for (let index = start + samples; index < start + width * samples; index += 1) {
      values[index] = values[index]! + values[index - samples]!;
    }
  }
}

function stretched(values: Uint16Array): Uint8Array {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = high > low ? 255 / (high - low) : 0;
  return Uint8Array.from(values, (value) => Math.round((value - low) * scale));
}

function colours(
  values: Uint8Array,
  count: number,
  samples: number,
  photometric: number,
  palette: number[] | undefined,
): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(4 * count);
  for (let pixel = 0; pixel < count; pixel += 1) {
    const value = values[pixel * samples]!;
    const rgb =
      photometric === 3 && palette
        ? [
            palette[value]! >> 8,
            palette[value + palette.length / 3]! >> 8,
            palette[value + (2 * palette.length) / 3]! >> 8,
          ]
        : samples >= 3
          ? [value, values[pixel * samples + 1]!, values[pixel * samples + 2]!]
          : new Array<number>(3).fill(photometric === 0 ? 255 - value : value);
    data.set([...rgb, 255], 4 * pixel);
  }
  return data;
}
