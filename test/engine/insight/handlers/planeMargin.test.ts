import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseRuntime } from '../../../../src/engine/accelerators/chooseRuntime';
import { surfaceCommand } from '../../../../src/engine/cli/surfaceCommand';
import { InspectorContext } from '../../../../src/engine/insight/inspector/context';
import { reportedLoss } from '../../../../src/engine/insight/maps';
import { readSurface } from '../../../../src/engine/surface/export/readSurface';
import { surfacesFolder } from '../../../../src/runs/layout';
import { tinyRun, type TinyRun } from '../tinyRun';
import { asking } from './support';

const folder = mkdtempSync(join(tmpdir(), 'losscape-plane-margin-'));
const context = new InspectorContext(async () => (await chooseRuntime('auto', { threads: 1 })).runtime);
const ask = asking(context);
let run: TinyRun;
let line: string;

beforeAll(async () => {
  run = await tinyRun(folder);
  line = await sample({ plane: 'line', points: 5, range: [0, 1] }, [`${run.folder}@1`, `${run.folder}@2`]);
}, 120_000);

afterAll(async () => {
  await context.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function sample(settings: object, runs: string[]): Promise<string> {
  const before = new Set(surfaces());
  let err = '';
  const io = { stdout: { write: () => true }, stderr: { write: (text: string) => (err += text) } };
  const args = { runs, runsFolder: run.runs, settings: { images: 2, ...settings }, threads: 1, accelerator: 'auto' };
  const code = await surfaceCommand({ ...args, json: true } as Parameters<typeof surfaceCommand>[0], io);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return join(
    surfacesFolder(run.folder),
    surfaces().find((name) => !before.has(name))!,
  );
}

function surfaces(): string[] {
  try {
    return readdirSync(surfacesFolder(run.folder));
  } catch {
    return []; // there are none yet
  }
}

describe('the network at a point of a plane', () => {
  it('is the checkpoint at the ends of a line between two', async () => {
    const image = { name: run.test[0]! };
    for (const [a, epoch] of [
      [0, 1],
      [1, 2],
    ] as const) {
      const point = await ask('planeMargin', { surface: line, a, b: 0, image });
      const checkpoint = await ask('margin', { run: run.folder, epoch, image });
      expect(point.result).toEqual({ top: 0, left: 0, height: point.result.height, width: point.result.width });
      expect(point.arrays.margin.shape).toEqual(checkpoint.arrays.margin.shape);
      const largest = point.arrays.margin.values.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - checkpoint.arrays.margin.values[index]!)),
        0,
      );
      expect(largest, `at ${a}`).toBeLessThan(1e-4);
    }
  });

  it('has the loss that the surface has there', async () => {
    const { document, values } = await readSurface(line);
    const [key] = Object.entries(document.quantities).find(
      ([, quantity]) => quantity.split === 'train' && quantity.kind === 'loss',
    )!;
    const names = document.images.find(({ split }) => split === 'train')!.names;
    expect(names).toHaveLength(2);
    const a = document.axes.a[2]!;
    let sum = 0;
    for (const name of names) {
      const image = { name, split: 'train' as const };
      const { result, arrays } = await ask('planeMargin', { surface: line, a, b: 0, image });
      const { labels } = (await ask('image', { run: run.folder, image })).arrays;
      const map = { ...result, margin: arrays.margin.values, labels: labels!.values };
      sum += reportedLoss(map, { type: 'crossEntropy', labelSmoothing: 0 })!;
    }
    expect(sum / 2).toBeCloseTo(values.get(key)![2]!, 5);
  });

  it('says what is wrong, and gives up when nobody waits', async () => {
    const image = { name: run.test[0]! };
    const at = { surface: line, a: 0.5, b: 0, image };
    await expect(ask('planeMargin', { ...at, a: NaN })).rejects.toThrow('finite');
    await expect(ask('planeMargin', { ...at, surface: `${line}-gone` })).rejects.toThrow('cannot be read');
    await expect(ask('planeMargin', at, AbortSignal.abort())).rejects.toThrow();
  });
});
