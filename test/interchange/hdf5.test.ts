import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hdf5Bytes } from '../../src/engine/surface/export/hdf5';
import { lossLandscapeFiles } from '../../src/engine/surface/export/lossLandscape';
import type { LoadedSurface } from '../../src/engine/surface/export/readSurface';
import { temporaryFolder } from '../runs/support';
import { pythonWith, runPython } from './python';

const python = pythonWith(['h5py', 'numpy']);

describe.skipIf(python === undefined)('a surface in the layout of loss-landscape, in Python', () => {
  it('has its values where they belong, on a plane that is not square', async () => {
    const quantity = (measure: string) => ({ label: measure, measure, split: 'train', kind: 'loss', file: '' });
    const surface = {
      document: {
        kind: 'plane',
        axes: { a: [-1, 0, 1], b: [0, 0.5] },
        quantities: { 'loss.dice': quantity('loss.dice'), accuracy: quantity('accuracy') },
        provenance: 'Gewichte «hier»',
        plane: { kind: 'random' },
      },
      values: new Map([
        ['loss.dice', Float32Array.of(1, 2, 3, NaN, 5, 4)],
        ['accuracy', Float32Array.of(0, 0.25, 0.5, NaN, 0.75, 1)],
      ]),
      states: Uint8Array.of(1, 1, 1, 0, 1, 2),
      trajectories: undefined,
    } as unknown as LoadedSurface;
    const [file] = lossLandscapeFiles(surface, 'loss.dice');
    const path = join(temporaryFolder(), 'surface.h5');
    writeFileSync(path, await hdf5Bytes(file!.datasets, file!.attributes));
    expect(runPython(python!, 'check_h5.py', [path, 'train_loss'])).toEqual({
      shapes: [
        [2, 3],
        [2, 3],
      ],
      types: ['float64', 'float32'],
      highest: [0, 0.5, 5],
      missing: 1,
      provenance: 'Gewichte «hier»',
    });
    expect(runPython(python!, 'check_h5.py', [path, 'train_acc'])).toMatchObject({ highest: [1, 0.5, 100] });
  });
});
