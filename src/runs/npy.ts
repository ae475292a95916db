import { Problem } from './problem';

/** An array as numpy stores it: row-major, the last axis runs fastest. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/**
 * Decodes the bytes of an `.npy` file (format versions 1 to 3): little-endian float32 or float64 in C order; float64 is
 * narrowed to float32.
 * @throws Problem that names `file` when it is no `.npy` file, is cut off, or holds another type of number.
 */
export function decodeNpy(bytes: Uint8Array, file: string): NpyArray {
  const bad = (what: string): Problem =>
    new Problem(what, { place: { file }, hint: 'Write the file again, or delete its folder to leave it out.' });
  if (bytes.length < 12 || magic.some((byte, index) => bytes[index] !== byte)) throw bad('not an .npy file');

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = view.getUint8(6) >= 2; // version 1 gives the header's length in 2 bytes, later ones in 4
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) throw bad('the header of the array is cut off');

  const header = new TextDecoder().decode(bytes.subarray(start, end));
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const dimensions = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (type === undefined || dimensions === undefined) throw bad('the header of the array cannot be read');
  if (/'fortran_order':\s*True/.test(header)) throw bad('the array is in Fortran order; C order is needed');
  if (type !== '<f4' && type !== '<f8') throw bad(`the array holds ${type}; float32 (<f4) is needed`);

  const shape = dimensions
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  const length = shape.reduce((product, size) => product * size, 1);
  const width = type === '<f4' ? 4 : 8;
  if (end + length * width > bytes.length) {
    throw bad(`the array is cut off: ${length * width} bytes expected, ${bytes.length - end} found`);
  }
  const data = new Float32Array(length);
  for (let index = 0; index < length; index++) {
    const at = end + index * width;
    data[index] = width === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true);
  }
  return { shape, data };
}

/**
 * A float32 `.npy` file (format version 1.0, little-endian, C order), as numpy.load reads it. The data begin at byte 128 or
 * a later multiple of 64, so that they can be mapped.
 * @throws RangeError when the values do not fill the shape.
 */
export function encodeNpy(shape: readonly number[], data: Float32Array): Uint8Array {
  const length = shape.reduce((product, size) => product * size, 1);
  if (length !== data.length) throw new RangeError(`${data.length} values do not fill [${shape.join(', ')}]`);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = Math.max(128, 64 * Math.ceil((10 + header.length + 1) / 64));
  const bytes = new Uint8Array(start + 4 * length).fill(0x20, 0, start);
  bytes.set([...magic, 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes[start - 1] = 0x0a;
  for (let i = 0; i < length; i++) view.setFloat32(start + 4 * i, data[i]!, true);
  return bytes;
}
