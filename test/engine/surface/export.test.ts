import { readFile, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { number } from '../../../src/engine/surface/export/csv';
import { readSurface } from '../../../src/engine/surface/export/readSurface';
import { surfaceVtp, trajectoriesVtp } from '../../../src/engine/surface/export/vtk';
import { decodeNpy } from '../../../src/engine/report/npy';
import { lastingFolder, losscape, sampled, trainedRuns, type Sampled } from './trainedRuns';

let runs: string[];
let plane: Sampled;
let line: Sampled;
const out = lastingFolder();
beforeAll(async () => {
  runs = await trainedRuns(lastingFolder(), [{ type: 'crossEntropy' }, { type: 'dice' }], 2);
  [plane] = (await sampled(...runs, '--plane', 'pca', '--points', '7', '--images', '2', '--split', 'train')) as [
    Sampled,
  ];
  [line] = (await sampled(...runs, '--plane', 'line', '--points', '5', '--images', '2', '--split', 'train')) as [
    Sampled,
  ];
});

async function exported(surface: Sampled, format: string, ...more: string[]): Promise<Record<string, Buffer>> {
  const folder = join(out, `${surface.document.id}-${format}`);
  const result = await losscape('surface', 'export', surface.folder, '--format', format, '--out', folder, ...more);
  expect([result.code, result.err]).toEqual([0, '']);
  const files = result.out.trim().split('\n');
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [basename(file), await readFile(file)] as const)),
  );
}

interface Mesh {
  readonly points: number;
  readonly counts: Record<string, number>;
  array(name: string): Float32Array | Int32Array | Uint8Array;
}

/** Reads a `.vtp` file by the rules of the format, not by how it was written. */
function parseVtp(text: string): Mesh {
  // Well-formed: every tag is closed in its turn.
  const open: string[] = [];
  for (const [, close, name, rest] of text.replace(/<!--.*?-->|<\?.*?\?>/gs, '').matchAll(/<(\/?)(\w+)([^>]*)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!rest!.endsWith('/')) open.push(name!);
  }
  expect(open).toEqual([]);
  expect(text).toMatch(/<VTKFile type="PolyData" version="[\d.]+" byte_order="LittleEndian" header_type="UInt32">/);
  const piece = /<Piece ([^>]*)>/.exec(text)![1]!;
  const counts = Object.fromEntries(
    [...piece.matchAll(/(\w+)="(\d+)"/g)].map(([, key, value]) => [key, Number(value)]),
  );
  const arrays = new Map(
    [...text.matchAll(/<DataArray type="(\w+)" Name="([^"]*)"[^>]*format="binary">([^<]*)</g)].map(
      ([, type, name, data]) => {
        const bytes = Buffer.from(data!, 'base64');
        const length = bytes.readUInt32LE(0);
        expect(bytes).toHaveLength(4 + length);
        const own = new Uint8Array(bytes.subarray(4)).buffer;
        const values =
          type === 'Float32' ? new Float32Array(own) : type === 'Int32' ? new Int32Array(own) : new Uint8Array(own);
        return [name!, values];
      },
    ),
  );
  return {
    points: counts.NumberOfPoints!,
    counts,
    array(name) {
      expect([...arrays.keys()]).toContain(name);
      return arrays.get(name)!;
    },
  };
}

describe('an exported surface', () => {
  it('as a table has every value, and every checkpoint', async () => {
    const files = await exported(plane, 'csv');
    const rows = files['surface.csv']!.toString()
      .trim()
      .split('\n')
      .map((row) => row.split(','));
    expect(rows).toHaveLength(1 + 49);
    const column = rows[0]!.indexOf('loss.dice');
    const values = await plane.values('loss.dice');
    rows.slice(1).forEach((row, i) => {
      expect(Number(row[0])).toBe(plane.document.axes.a[i % 7]);
      expect(Number(row[1])).toBe(plane.document.axes.b[Math.floor(i / 7)]);
      expect(row[2]).toBe('measured');
      expect(Math.fround(Number(row[column]))).toBe(values[i]);
    });
    const paths = files['trajectories.csv']!.toString().trim().split('\n');
    expect(paths[0]).toMatch(/^run,loss,epoch,a,b,distance,true\/loss.cross-entropy,/);
    expect(paths).toHaveLength(1 + 6);
    expect(paths[1]!.split(',')).toHaveLength(paths[0]!.split(',').length);
  });

  it('as arrays has axes, states and values', async () => {
    const files = await exported(plane, 'npy');
    expect(Array.from(decodeNpy(files['a.npy']!, 'a').data)).toEqual(plane.document.axes.a.map(Math.fround));
    expect(decodeNpy(files['loss.dice.npy']!, 'dice')).toEqual({
      shape: [7, 7],
      data: await plane.values('loss.dice'),
    });
    expect(files['state.npy']!.subarray(-49).every((state) => state === 1)).toBe(true);
  });

  it('as a mesh has a cell between any four points, and all quantities', async () => {
    const files = await exported(plane, 'vtk', '--height', 'loss.dice');
    const mesh = parseVtp(files['surface.vtp']!.toString());
    expect(mesh.counts).toMatchObject({ NumberOfPoints: 49, NumberOfPolys: 36, NumberOfLines: 0 });
    const [points, offsets, connectivity] = [mesh.array('Points'), mesh.array('offsets'), mesh.array('connectivity')];
    expect(points).toHaveLength(3 * 49);
    expect([...offsets]).toEqual(Array.from({ length: 36 }, (_, i) => 4 * (i + 1)));
    expect(Math.max(...connectivity)).toBe(48);
    expect(mesh.array('loss.dice')).toEqual(await plane.values('loss.dice'));
    expect(mesh.array('loss.cross-entropy.error')).toHaveLength(49);
    // Heights are an affine image of the loss.
    const values = await plane.values('loss.dice');
    const [low, high] = [values.indexOf(Math.min(...values)), values.indexOf(Math.max(...values))];
    expect(points[3 * low + 2]).toBe(0);
    const side = Math.max(
      ...(['a', 'b'] as const).map((axis) => plane.document.axes[axis].at(-1)! - plane.document.axes[axis][0]!),
    );
    expect(points[3 * high + 2]).toBeCloseTo(side / 2, 4);
    const paths = parseVtp(files['trajectories.vtp']!.toString());
    expect(paths.counts).toMatchObject({ NumberOfPoints: 6, NumberOfLines: 2, NumberOfPolys: 0 });
    expect([...paths.array('epoch')]).toEqual([0, 1, 2, 0, 1, 2]);
    expect([...paths.array('connectivity')]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('that is a line becomes a polyline', async () => {
    const mesh = parseVtp((await exported(line, 'vtk'))['surface.vtp']!.toString());
    expect(mesh.counts).toMatchObject({ NumberOfPoints: 5, NumberOfLines: 4, NumberOfPolys: 0 });
    expect([...mesh.array('connectivity')]).toEqual([0, 1, 1, 2, 2, 3, 3, 4]);
  });

  it('leaves points out of the mesh that are not finite, and keeps them in the table', async () => {
    const surface = await readSurface(plane.folder);
    surface.values.get('loss.dice')![24] = Infinity;
    const mesh = parseVtp(surfaceVtp(surface, 'loss.dice'));
    expect(mesh.counts.NumberOfPolys).toBe(32);
    expect([...mesh.array('connectivity')]).not.toContain(24);
    expect([...mesh.array('Points')].every(Number.isFinite)).toBe(true);
    expect(trajectoriesVtp(surface, 'loss.dice.error')).toBeUndefined();
    expect([NaN, Infinity, -Infinity, 0.1, 1e-20].map(number)).toEqual(['nan', 'inf', '-inf', '0.1', '1e-20']);
  });

  it('is found by its name, also when its run is elsewhere', async () => {
    const runsFolder = dirname(runs[0]!);
    const moved = join(dirname(runsFolder), 'elsewhere');
    await rename(runsFolder, moved);
    const found = await losscape('surface', 'export', plane.document.id, '--runs', moved, '--out', join(out, 'named'));
    expect([found.code, found.err]).toEqual([0, '']);
    const missing = await losscape('surface', 'export', 'nothing', '--runs', moved);
    expect([missing.code, missing.err]).toEqual([2, expect.stringMatching(/there is no surface "nothing"\n.*pca-7x7/)]);
    const quantity = await losscape(
      'surface',
      'export',
      plane.document.id,
      '--runs',
      moved,
      '--height',
      'x',
      '--format',
      'vtk',
    );
    expect(quantity.err).toMatch(/no quantity "x"\n.*loss\.dice/);
    await rename(moved, runsFolder);
  });
});
