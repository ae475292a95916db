import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy } from '../../src/runs/npy';
import { temporaryFolder } from './support';

describe('encodeNpy', () => {
  it.each([[[]], [[6]], [[2, 3]], [[1, 2, 3]]])('is read as it was written: shape %j', (shape) => {
    const data = Float32Array.from([1, -2.5, NaN, Infinity, 1e-38, 6]).subarray(0, shape.length === 0 ? 1 : 6);
    const read = decodeNpy(encodeNpy(shape, data), 'a.npy');
    expect(read.shape).toEqual(shape);
    expect(read.data).toEqual(data);
  });

  it('is what numpy itself takes, where there is numpy', (context) => {
    try {
      execFileSync('python3', ['-c', 'import numpy'], { stdio: 'ignore' });
    } catch {
      context.skip();
    }
    const file = join(temporaryFolder(), 'a.npy');
    writeFileSync(file, encodeNpy([2, 3], Float32Array.of(0, 1, 2, 3, 4, 5.5)));
    const code =
      'import numpy, sys; a = numpy.load(sys.argv[1]); print(a.dtype, a.shape, a[1, 2], a.flags.c_contiguous)';
    expect(execFileSync('python3', ['-c', code, file]).toString().trim()).toBe('float32 (2, 3) 5.5 True');
  });

  it('refuses values that do not fill the shape', () => {
    expect(() => encodeNpy([2, 2], new Float32Array(3))).toThrow('3 values do not fill [2, 2]');
  });
});
