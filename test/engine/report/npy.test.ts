import { describe, expect, it } from 'vitest';
import { decodeNpy } from '../../../src/engine/report/npy';
import type { Problem } from '../../../src/runs/problem';
import { npyBytes } from './fixtures';

const data = Float32Array.from([1, -2.5, NaN, 4, 5, 6]);

describe('npy', () => {
  it('reads what numpy writes', () => {
    const { shape, data: values } = decodeNpy(npyBytes([2, 3], data), 'a.npy');
    expect(shape).toEqual([2, 3]);
    expect([...values]).toEqual([...data]);
  });

  it.each([
    ['a text', new TextEncoder().encode('epoch,split,image,loss'), /not an \.npy file/],
    ['a file cut in its data', npyBytes([2, 3], data).subarray(0, -4), /24 bytes expected, 20 found/],
    ['a file cut in its header', npyBytes([2, 3], data).subarray(0, 30), /header of the array is cut off/],
    [
      'integers',
      Uint8Array.from(
        Buffer.from(
          Buffer.from(npyBytes([2, 3], data))
            .toString('latin1')
            .replace('<f4', '<i4'),
          'latin1',
        ),
      ),
      /holds <i4/,
    ],
  ])('names the file that holds %s', (_, bytes, message) => {
    expect(() => decodeNpy(bytes, '/somewhere/loss.npy')).toThrow(message);
    try {
      decodeNpy(bytes, '/somewhere/loss.npy');
    } catch (error) {
      expect((error as Problem).place?.file).toBe('/somewhere/loss.npy');
    }
  });
});
