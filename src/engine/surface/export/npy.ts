/** An array of doubles as the bytes of an `.npy` file (format version 1.0), row-major. */
export function npyBytes(values: Float64Array | Float32Array | Uint8Array, shape: readonly number[]): Buffer {
  const type = values instanceof Float64Array ? '<f8' : values instanceof Float32Array ? '<f4' : '|u1';
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = Buffer.alloc(total, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(total - 10, 8);
  header.write(text, 10, 'latin1');
  header.write('\n', total - 1, 'latin1');
  return Buffer.concat([header, Buffer.from(values.buffer, values.byteOffset, values.byteLength)]);
}
