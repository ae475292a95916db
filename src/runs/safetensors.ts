import { readFile } from 'node:fs/promises';
import { type FileContent, writeFileAtomic } from './files';
import { Problem } from './problem';

/*
 * The safetensors format: 8 bytes of header length (little endian), a JSON header that gives each tensor's type, shape and
 * byte range, then the bytes of all tensors without a gap. Read and written by PyTorch, TensorFlow, JAX and others.
 */

/** A tensor of single-precision numbers, row-major. */
export interface NamedTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

/** A tensor of one of the three types that are read and written: F32, I32, I64. */
export interface StoredTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array | Int32Array | BigInt64Array;
}

export interface Safetensors {
  tensors: StoredTensor[];
  metadata: Record<string, string>;
}

type Dtype = 'F32' | 'I32' | 'I64';

const byteSizes: Record<Dtype, number> = { F32: 4, I32: 4, I64: 8 };

/** Larger headers are refused by the reference implementation too. */
const maxHeaderBytes = 100_000_000;

/** Tensors as the bytes of a safetensors file. Throws an Error when a shape does not fit its data or a name stands twice. */
export function encodeSafetensors(tensors: readonly StoredTensor[], metadata?: Record<string, string>): Uint8Array {
  const chunks = safetensorsChunks(tensors, metadata);
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/**
 * Writes a safetensors file, whole or not at all. Nothing is copied: the tensors' own memory is written, so it must not
 * change until the promise is settled. Throws a Problem when the disk is full or the place cannot be written to.
 */
export async function writeSafetensors(
  file: string,
  tensors: readonly StoredTensor[],
  metadata?: Record<string, string>,
): Promise<void> {
  await writeFileAtomic(file, safetensorsChunks(tensors, metadata) satisfies FileContent);
}

/** The header, then a view of each tensor's memory. */
function safetensorsChunks(tensors: readonly StoredTensor[], metadata?: Record<string, string>): Uint8Array[] {
  // The wider type first keeps every tensor aligned to its own size.
  const ordered = [...tensors].sort((a, b) => byteSizes[dtypeOf(b)] - byteSizes[dtypeOf(a)]);
  // A Map, because a tensor may be called "__proto__".
  const entries = new Map<string, unknown>();
  if (metadata) entries.set('__metadata__', metadata);
  let offset = 0;
  for (const { name, shape, data } of ordered) {
    if (name === '__metadata__' || entries.has(name)) throw new Error(`Two tensors are called "${name}"`);
    if (elements(shape) !== data.length) {
      throw new Error(`Tensor "${name}" of shape [${shape.join(', ')}] has ${data.length} elements`);
    }
    entries.set(name, { dtype: dtypeOf({ data }), shape, data_offsets: [offset, (offset += data.byteLength)] });
  }
  const members = [...entries].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  const header = Buffer.from(`{${members.join(',')}}`);
  const padded = Math.ceil(header.length / 8) * 8;
  const start = Buffer.alloc(8 + padded, ' ');
  start.writeBigUInt64LE(BigInt(padded));
  header.copy(start, 8);
  return [start, ...ordered.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

/** Reads a safetensors file. Throws a Problem that names the file when it is missing, truncated or no such file. */
export async function readSafetensors(file: string): Promise<Safetensors> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new Problem(code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code ?? String(error)})`, {
      place: { file },
      cause: error,
    });
  }
  return decodeSafetensors(bytes, file);
}

/**
 * The tensors in the bytes of a safetensors file, in the order in which they are stored. Tensors are views of `bytes` where
 * its alignment allows that. Throws a Problem that names `file` when the bytes are truncated, damaged, or hold a type
 * other than F32, I32 and I64.
 */
export function decodeSafetensors(bytes: Uint8Array, file?: string): Safetensors {
  const { entries, metadata, dataStart } = safetensorsHeader(bytes, bytes.length, file);
  const tensors = entries.map(({ name, dtype, shape, begin, end }): StoredTensor => {
    return { name, shape, data: typedArray(dtype, bytes.subarray(dataStart + begin, dataStart + end)) };
  });
  return { tensors, metadata };
}

/** Bytes at the start of a safetensors file that its header takes, the eight that give its length included. */
export function safetensorsHeaderBytes(start: Uint8Array): number {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  return start.length < 8 ? 0 : 8 + Math.min(maxHeaderBytes, Number(view.getBigUint64(0, true)));
}

/**
 * What the header of a safetensors file says, checked against the size of the file: the tensors lie without a gap.
 * @param bytes the file, or its start with the whole header; @param size bytes of the file.
 */
export function safetensorsHeader(
  bytes: Uint8Array,
  size: number,
  file?: string,
): { entries: Entry[]; metadata: Record<string, string>; dataStart: number } {
  const fail = (message: string): never => {
    throw new Problem(message, {
      ...(file === undefined ? {} : { place: { file } }),
      hint: 'Was the file copied whole? Take another checkpoint, or write this one again.',
    });
  };
  if (size < 8) fail(`not a safetensors file: it has ${size} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > maxHeaderBytes || headerLength < 2)
    fail('not a safetensors file: its header length makes no sense');
  const dataStart = 8 + headerLength;
  if (dataStart > size) fail(`truncated: the header needs ${dataStart} bytes, the file has ${size}`);
  const { entries, metadata } = parseHeader(bytes.subarray(8, dataStart), fail);

  let expected = 0;
  for (const { name, dtype, shape, begin, end } of entries) {
    if (begin !== expected) fail(`damaged header: tensor "${name}" starts at byte ${begin} instead of ${expected}`);
    expected = end;
    if (end - begin !== elements(shape) * byteSizes[dtype]) {
      fail(`damaged header: tensor "${name}" of shape [${shape.join(', ')}] has ${end - begin} bytes`);
    }
    if (dataStart + end > size) {
      fail(`truncated: tensor "${name}" ends at byte ${dataStart + end}, the file has ${size}`);
    }
  }
  if (dataStart + expected !== size) fail(`damaged: ${size - dataStart - expected} bytes follow the last tensor`);
  return { entries, metadata, dataStart };
}

/** Only the F32 tensors' worth: throws a Problem that names `file` when one is of another type. */
export function floatTensors(tensors: readonly StoredTensor[], file?: string): NamedTensor[] {
  return tensors.map(({ name, shape, data }) => {
    if (data instanceof Float32Array) return { name, shape, data };
    throw new Problem(`tensor "${name}" is of type ${dtypeOf({ data })}, where F32 is needed`, {
      ...(file === undefined ? {} : { place: { file } }),
    });
  });
}

/** Where a tensor lies: bytes from `begin` to `end` behind the header. */
export interface Entry {
  name: string;
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

function parseHeader(
  bytes: Uint8Array,
  fail: (message: string) => never,
): { entries: Entry[]; metadata: Record<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    fail('not a safetensors file: its header is not JSON');
  }
  if (!isRecord(header)) return fail('not a safetensors file: its header is not an object');
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isRecord(value) || !Object.values(value).every((item) => typeof item === 'string')) {
        fail('damaged header: its metadata are not texts');
      }
      metadata = value as Record<string, string>;
      continue;
    }
    if (!isRecord(value)) return fail(`damaged header: tensor "${name}" has no description`);
    const { dtype, shape, data_offsets: offsets } = value;
    if (typeof dtype !== 'string' || !Object.hasOwn(byteSizes, dtype)) {
      fail(`tensor "${name}" is of type ${String(dtype)}; only F32, I32 and I64 are read`);
    }
    if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
      return fail(`damaged header: tensor "${name}" has no valid shape or byte range`);
    }
    entries.push({ name, dtype: dtype as Dtype, shape, begin: offsets[0] ?? 0, end: offsets[1] ?? 0 });
  }
  // An empty tensor shares its start with the next one.
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { entries, metadata };
}

function typedArray(dtype: Dtype, bytes: Uint8Array): StoredTensor['data'] {
  const aligned = bytes.byteOffset % byteSizes[dtype] === 0 ? bytes : bytes.slice();
  const length = bytes.length / byteSizes[dtype];
  if (dtype === 'F32') return new Float32Array(aligned.buffer, aligned.byteOffset, length);
  if (dtype === 'I32') return new Int32Array(aligned.buffer, aligned.byteOffset, length);
  return new BigInt64Array(aligned.buffer, aligned.byteOffset, length);
}

function dtypeOf({ data }: Pick<StoredTensor, 'data'>): Dtype {
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Int32Array ? 'I32' : 'I64';
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
