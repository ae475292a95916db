import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import fixture from '../../fixtures/surface-planes.json' with { type: 'json' };
import { CheckpointFiles, checkpointsOf } from '../../../src/engine/surface/checkpointFiles';
import type { KnownRun } from '../../../src/engine/surface/chooseNetworks';
import { normalize } from '../../../src/engine/surface/directions';
import { principalComponents } from '../../../src/engine/surface/pca';
import { innerProduct, lineBetween, planeThrough, shapeOf, type Plane } from '../../../src/engine/surface/plane';
import { project } from '../../../src/engine/surface/projection';
import { unetParameters, type ParameterSpec } from '../../../src/engine/unet/unet';
import { checkpointPath } from '../../../src/runs/layout';
import { writeSafetensors } from '../../../src/runs/safetensors';
import { temporaryFolder } from '../../runs/support';

const specs = unetParameters({ filters: 2, depth: 1, padding: 'same', classes: 2, channels: 1 });
const sizes = specs.map(({ shape }) => shape.reduce((a, b) => a * b, 1));

/** As in `surface-planes.py`. */
function weightsOf(epoch: number): Record<string, Float32Array> {
  let offset = 0;
  return Object.fromEntries(
    specs.map(({ name }, s) => {
      const start = offset;
      offset += sizes[s]!;
      const value = (i: number): number => Math.sin((7 + epoch / 3) * i + epoch) / (1 + epoch);
      return [name, Float32Array.from({ length: sizes[s]! }, (_, i) => value(start + i))];
    }),
  );
}

const flat = (weights: Readonly<Record<string, Float32Array>>): number[] =>
  specs.flatMap(({ name }) => [...weights[name]!]);

async function runWith(epochs: readonly number[]): Promise<KnownRun> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'checkpoints'));
  for (const epoch of epochs) {
    const weights = weightsOf(epoch);
    const tensors = specs.map(({ name, shape }) => ({ name, shape, data: weights[name]! }));
    await writeSafetensors(checkpointPath(folder, epoch), tensors);
  }
  return { folder, document: { id: 'run' }, experiment: {} } as unknown as KnownRun;
}

const checkpoint = { run: 'r', epoch: 1, loss: 'cross-entropy' };

describe.each(fixture.pca)('principal components of the epochs $epochs', (expected) => {
  let found: Awaited<ReturnType<typeof principalComponents>>;
  beforeAll(async () => {
    expect(fixture.parameters).toEqual(specs.map(({ name }, i) => [name, sizes[i]]));
    const runs = await checkpointsOf([await runWith(expected.epochs)]);
    expect(runs[0]).toMatchObject({ epochs: expected.epochs, available: expected.epochs.length });
    const files = await CheckpointFiles.open(runs, specs);
    found = await principalComponents(files, specs, 2);
    await files.close();
  });

  it('are those of scikit-learn, signs included', () => {
    expected.components.forEach((component, k) => {
      const own = flat(found.directions[k]!);
      component.forEach((value, i) => expect(Math.abs(own[i]! - value)).toBeLessThan(2e-6));
    });
  });

  it('explain the same shares of the variance', () => {
    expected.explained.forEach((share, k) => expect(found.explained[k]).toBeCloseTo(share, 8));
    expect(found.explained.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('give every checkpoint the coordinates and the distance that scikit-learn gives it', () => {
    const [a, b] = found.directions as [Plane['a'], Plane['b']];
    const provenance = {
      kind: 'pca',
      runs: [],
      checkpoint: null,
      explained: [],
      ...shapeOf(a, b),
    } as unknown as Plane['provenance'];
    expect(provenance.lengths[0]).toBeCloseTo(1, 6);
    expect(provenance.cosine).toBeCloseTo(0, 6);
    expected.epochs.forEach((epoch, i) => {
      const place = project({ centre: found.mean, a, b, provenance }, weightsOf(epoch));
      expect(place.a).toBeCloseTo(expected.coordinates[i]![0]!, 5);
      expect(place.b).toBeCloseTo(expected.coordinates[i]![1]!, 5);
      expect(place.distance).toBeCloseTo(expected.residuals[i]!, 5);
    });
  });
});

describe('too little for a plane of principal components', () => {
  const components = async (epochs: readonly number[]): Promise<unknown> => {
    const files = await CheckpointFiles.open(await checkpointsOf([await runWith(epochs)]), specs);
    try {
      return await principalComponents(files, specs, 2);
    } finally {
      await files.close();
    }
  };
  it('is said in words', async () => {
    await expect(components([1, 2])).rejects.toThrow('2 checkpoints are too few for 2 components');
    await expect(checkpointsOf([await runWith([])])).rejects.toThrow(/has no checkpoint yet/);
  });

  it('is also many checkpoints of the same weights', async () => {
    const run = await runWith([1, 2, 3, 4]);
    const tensors = specs.map(({ name, shape }) => ({ name, shape, data: weightsOf(1)[name]! }));
    for (const epoch of [2, 3, 4]) await writeSafetensors(checkpointPath(run.folder, epoch), tensors);
    const files = await CheckpointFiles.open(await checkpointsOf([run]), specs);
    await expect(principalComponents(files, specs, 2)).rejects.toThrow(/too much alike/);
    await files.close();
  });
});

describe('checkpoints of many epochs', () => {
  it('are thinned out evenly, first and last among them', async () => {
    const runs = [await runWith([0, 1, 2, 3, 4, 5, 6, 7, 8]), await runWith([3, 4])];
    const chosen = await checkpointsOf(runs, 6);
    expect(chosen.map(({ epochs, available }) => [epochs, available])).toEqual([
      [[0, 4, 8], 9],
      [[3, 4], 2],
    ]);
  });

  it('are refused when one is of another architecture or cut off', async () => {
    const run = await runWith([1, 2]);
    const wider = unetParameters({ filters: 3, depth: 1, padding: 'same', classes: 2, channels: 1 });
    const runs = await checkpointsOf([run]);
    await expect(CheckpointFiles.open(runs, wider)).rejects.toMatchObject({
      message: expect.stringMatching(/has the shape \[2, 1, 3, 3\], not \[3, 1, 3, 3\]/) as string,
      place: { file: checkpointPath(run.folder, 1) },
    });
    const { truncate } = await import('node:fs/promises');
    await truncate(checkpointPath(run.folder, 2), 900);
    await expect(CheckpointFiles.open(runs, specs)).rejects.toThrow(/truncated/);
  });
});

describe('the projection on a plane', () => {
  const network = (epoch: number) => ({ checkpoint: { ...checkpoint, epoch }, weights: weightsOf(epoch) });
  it('undoes a b and the part beside it, also where directions are neither long one nor at right angles', () => {
    const plane = planeThrough([network(1), network(2), network(3)]);
    expect(Math.abs(plane.provenance.cosine)).toBeGreaterThan(0.05);
    const on = project(plane, network(3).weights);
    expect(on.a).toBeCloseTo(0, 5);
    expect(on.b).toBeCloseTo(1, 5);
    expect(on.distance).toBeLessThan(1e-5);
    const off = project(plane, network(5).weights);
    // What is left is at right angles to both directions, and as long as said.
    const rest = Object.fromEntries(
      Object.entries(network(5).weights).map(([name, values]) => [
        name,
        values.map(
          (value, i) => value - plane.centre[name]![i]! - off.a * plane.a[name]![i]! - off.b * plane.b[name]![i]!,
        ),
      ]),
    );
    expect(innerProduct(rest, plane.a)).toBeCloseTo(0, 5);
    expect(innerProduct(rest, plane.b)).toBeCloseTo(0, 5);
    expect(Math.sqrt(innerProduct(rest, rest))).toBeCloseTo(off.distance, 6);
  });

  it('on a line has no b', () => {
    const line = lineBetween(network(1), network(2));
    const end = project(line, network(2).weights);
    expect(end.a).toBeCloseTo(1, 6);
    expect([end.b, line.provenance.lengths[1]]).toEqual([0, 0]);
    expect(end.distance).toBeLessThan(1e-6);
    expect(() => lineBetween(network(1), network(1))).toThrow(/they are the same/);
  });
});

describe.each(fixture.directions)('directions scaled by PyTorch: $normalization, biases $biases', (expected) => {
  it.each(Object.entries(expected.layers))('%s', (layer, { kind, shape, weight, bias, raw, direction }) => {
    const check = (spec: ParameterSpec, own: number[], drawn: number[], wanted: number[]): void => {
      const values = Float32Array.from(drawn);
      if (spec.kind === 'bias' && expected.biases === 'ignore') values.fill(0);
      else normalize(spec, values, Float32Array.from(own), expected.normalization as 'filter');
      wanted.forEach((value, i) => expect(Math.abs(values[i]! - value)).toBeLessThan(1e-6));
    };
    const common = { name: layer, layer, fanIn: 1 };
    check({ ...common, kind: kind as 'convolution', shape }, weight, raw.weight, direction.weight);
    check({ ...common, kind: 'bias', shape: [bias.length] }, bias, raw.bias, direction.bias);
  });
});
