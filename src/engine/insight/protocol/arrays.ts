/** Typed arrays that can travel in a frame, by the name of their type. */
export interface ArrayTypes {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  uint16: Uint16Array;
  uint8: Uint8Array;
}

export type ArrayType = keyof ArrayTypes;

/** An array as a frame's header announces it. */
export interface ArrayDescription {
  readonly name: string;
  readonly type: ArrayType;
  /** Row-major. */
  readonly shape: readonly number[];
  readonly byteLength: number;
}

/** An array and its shape; row-major. */
export interface ShapedArray<T extends ArrayTypes[ArrayType] = ArrayTypes[ArrayType]> {
  readonly shape: readonly number[];
  readonly values: T;
}

/** Arrays of an answer by name. One that may be absent is undefined. */
export type NamedArrays = Readonly<Record<string, ShapedArray | undefined>>;

/** The name of an array's type. Throws TypeError for one that cannot travel. */
export function arrayType(values: ArrayTypes[ArrayType]): ArrayType {
  if (values instanceof Float32Array) return 'float32';
  if (values instanceof Float64Array) return 'float64';
  if (values instanceof Int32Array) return 'int32';
  if (values instanceof Uint16Array) return 'uint16';
  if (values instanceof Uint8Array) return 'uint8';
  throw new TypeError('an array of this type cannot travel in a frame');
}

/** A typed array over a whole buffer. */
export function arrayOver(type: ArrayType, buffer: ArrayBuffer): ArrayTypes[ArrayType] {
  switch (type) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'uint16':
      return new Uint16Array(buffer);
    case 'uint8':
      return new Uint8Array(buffer);
  }
}

/** Bytes of one element. */
export const elementBytes: Readonly<Record<ArrayType, number>> = {
  float32: 4,
  float64: 8,
  int32: 4,
  uint16: 2,
  uint8: 1,
};
