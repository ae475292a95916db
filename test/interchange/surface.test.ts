import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSurface } from '../../src/engine/surface/export/readSurface';
import { surfaceVtp, trajectoriesVtp } from '../../src/engine/surface/export/vtk';
import { lastingFolder, sampled, trainedRuns } from '../engine/surface/trainedRuns';
import { pythonWith, runPython } from './python';

const python = pythonWith(['vtk', 'numpy']);
const out = lastingFolder();

/** A mesh as VTK read it; numbers that are not finite are words. */
interface Mesh {
  readonly points: readonly (readonly number[])[];
  readonly cells: readonly (readonly number[])[];
  readonly kinds: readonly string[];
  readonly scalars: string;
  readonly arrays: Readonly<Record<string, readonly (number | string)[]>>;
  /** Whether all polygons look up; null where there are none. */
  readonly upwards: boolean | null;
}

function read(...texts: string[]): readonly Mesh[] {
  const files = texts.map((text, index) => {
    const file = join(out, `${index}.vtp`);
    writeFileSync(file, text);
    return file;
  });
  const { complaints, files: meshes } = runPython(python!, 'check_vtp.py', files) as {
    complaints: string[];
    files: Mesh[];
  };
  expect(complaints).toEqual([]);
  return meshes;
}

describe.skipIf(python === undefined)('an exported surface in VTK', () => {
  it('has its points, cells and arrays, also where values are not finite', async () => {
    const runs = await trainedRuns(join(out, 'trained'), [{ type: 'crossEntropy' }], 2);
    const settings = ['--points', '5', '--images', '2', '--split', 'train'];
    const [plane] = await sampled(...runs, '--plane', 'random', '--range', '-1:3', ...settings);
    const surface = await readSurface(plane!.folder);
    surface.values.get('iou')!.set([NaN, Infinity, -Infinity], 0);
    surface.values.get('loss.cross-entropy')![12] = Infinity;
    const [mesh, paths] = read(
      surfaceVtp(surface, 'loss.cross-entropy'),
      trajectoriesVtp(surface, 'loss.cross-entropy') ?? '',
    ) as [Mesh, Mesh];
    expect([mesh.points.length, mesh.kinds, mesh.scalars, mesh.upwards]).toEqual([
      25,
      ['vtkQuad'],
      'loss.cross-entropy',
      true,
    ]);
    expect(mesh.cells).toHaveLength(12);
    expect(mesh.cells[0]).toEqual([0, 1, 6, 5]);
    expect(mesh.cells.flat()).not.toContain(12);
    const { axes, plane: provenance } = surface.document;
    mesh.points.forEach(([x, y], index) => {
      expect(x).toBeCloseTo(axes.a[index % 5]! * provenance.lengths[0], 4);
      expect(y).toBeCloseTo(axes.b[Math.floor(index / 5)]! * provenance.lengths[1], 4);
    });
    expect(Object.keys(mesh.arrays)).toEqual(['loss.cross-entropy', ...[...surface.values.keys()].slice(1), 'state']);
    for (const [name, values] of surface.values) {
      const shown = Array.from(values, (value) =>
        Number.isFinite(value) ? value : Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf',
      );
      expect(mesh.arrays[name], name).toEqual(shown);
    }
    expect([paths.kinds, paths.cells, paths.arrays['epoch']]).toEqual([['vtkPolyLine'], [[0, 1, 2]], [0, 1, 2]]);
  }, 120_000);
});
