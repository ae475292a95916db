import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planeThrough, randomPlane, readPlane, writePlane } from '../../../src/engine/surface/plane';
import { initializeParameters } from '../../../src/engine/unet/initializers';
import { unetParameters } from '../../../src/engine/unet/unet';
import { Problem } from '../../../src/runs/problem';
import { writeSafetensors } from '../../../src/runs/safetensors';
import { temporaryFolder } from '../../runs/support';

const model = { filters: 2, depth: 1, padding: 'same', classes: 2, channels: 1 } as const;
const specs = unetParameters(model);
const network = (seed: number) => ({
  checkpoint: { run: `run-${seed}`, epoch: seed, loss: 'cross-entropy' },
  weights: initializeParameters(specs, 'default', seed),
});

describe('a stored plane', () => {
  it('is read back as it was, with its provenance', async () => {
    const { weights, checkpoint } = network(1);
    const plane = randomPlane(specs, weights, { seed: 3, normalization: 'filter', biases: 'keep', checkpoint });
    const file = join(temporaryFolder(), 'plane.safetensors');
    await writePlane(file, specs, plane);
    expect(await readPlane(file, specs)).toEqual(plane);
    const { provenance } = plane;
    expect(provenance).toMatchObject({ kind: 'random', seed: 3, normalization: 'filter', biases: 'keep', checkpoint });
    // Filter by filter as long as the network itself, and nearly at right angles.
    const squares = Object.values(weights).reduce((sum, values) => sum + values.reduce((s, v) => s + v * v, 0), 0);
    expect(provenance.lengths[0]).toBeCloseTo(Math.sqrt(squares), 4);
    expect(Math.abs(provenance.cosine)).toBeLessThan(0.5);
  });

  it('is refused by a network of another architecture, and when it is no plane', async () => {
    const file = join(temporaryFolder(), 'plane.safetensors');
    const { weights, checkpoint } = network(1);
    await writePlane(
      file,
      specs,
      randomPlane(specs, weights, { seed: 3, normalization: 'none', biases: 'ignore', checkpoint }),
    );
    const wider = unetParameters({ ...model, filters: 4 });
    await expect(readPlane(file, wider)).rejects.toThrow(/has the shape/);
    await writeSafetensors(
      file,
      specs.map(({ name, shape }) => ({ name, shape, data: weights[name]! })),
    );
    await expect(readPlane(file, specs)).rejects.toThrow(Problem);
  });
});

describe('a plane through three networks', () => {
  it('has them at (0, 0), (1, 0) and (0, 1)', () => {
    const points = [network(1), network(2), network(3)] as const;
    const { centre, a, b, provenance } = planeThrough([...points]);
    for (const { name } of specs) {
      expect(centre[name]).toBe(points[0].weights[name]);
      a[name]!.forEach((step, i) => expect(centre[name]![i]! + step).toBeCloseTo(points[1].weights[name]![i]!, 6));
      b[name]!.forEach((step, i) => expect(centre[name]![i]! + step).toBeCloseTo(points[2].weights[name]![i]!, 6));
    }
    expect(provenance).toMatchObject({ kind: 'through', checkpoints: points.map(({ checkpoint }) => checkpoint) });
  });

  it('needs three that span one', () => {
    expect(() => planeThrough([network(1), network(1), network(2)])).toThrow(/span no plane/);
    expect(() => planeThrough([network(1), network(2), network(2)])).toThrow(/span no plane/);
  });
});
