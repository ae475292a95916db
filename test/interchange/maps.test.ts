import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { exportCommand } from '../../src/engine/cli/exportCommand';
import { mapsCommand, type MapsArguments } from '../../src/engine/cli/mapsCommand';
import { unetGeometry } from '../../src/engine/data/geometry';
import { tinyRun } from '../engine/insight/tinyRun';
import { temporaryFolder } from '../runs/support';
import { pythonWith, runPython } from './python';

const python = pythonWith(['onnxruntime', 'numpy']);
const silent = { stdout: { write: () => true }, stderr: { write: () => true } };

/** What Python calls a map, and how it is asked for here. */
const asked: [name: string, quantity: MapsArguments['quantities'][number], loss?: object][] = [
  ['margin', 'margin'],
  ['pt', 'pt'],
  ['foreground', 'foreground'],
  ['entropy', 'entropy'],
  ['prediction', 'prediction'],
  ['loss-weighted', 'loss', { type: 'crossEntropy', classWeights: [1, 3] }],
  ['loss-focal', 'loss', { type: 'focal', gamma: 2 }],
  ['gradient-focal', 'gradient', { type: 'focal', gamma: 2 }],
  ['gradient-detached', 'gradient', { type: 'focal', gamma: 3, modulator: 'detached' }],
  ['gradient-dice', 'gradient', { type: 'dice' }],
];

describe.skipIf(python === undefined)('maps of an exported model in Python', () => {
  it('are those of losscape maps', async () => {
    const folder = temporaryFolder();
    // Some steps with a high learning rate, so that the network is not the same everywhere.
    const run = await tinyRun(folder, {
      training: { epochs: 4, optimizer: { type: 'adam', learningRate: 1e-2 } },
      loss: { type: 'dice' },
    });
    const name = run.test[0]!;
    const { data, info } = await sharp(join(run.images, `${name}.png`))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const mask = await sharp(join(run.masks, `${name}.png`))
      .toColourspace('b-w')
      .raw()
      .toBuffer();
    const file = (ending: string) => join(folder, ending);
    writeFileSync(file('image'), data);
    writeFileSync(
      file('mask'),
      mask.map((value) => (value > 20 ? 1 : 0)),
    );
    const { height, width } = info;
    const model = { filters: 4, depth: 2, padding: 'same', classes: 2, channels: 3 } as const;
    const { pad } = unetGeometry(model, [height, width]);
    const base = { run: run.folder, runsFolder: run.runs };
    await exportCommand({ ...base, onnx: file('unet.onnx'), epoch: 4, size: [height, width] }, silent);

    const maps: Record<string, string> = {};
    for (const [title, quantity, loss] of asked) {
      let out = '';
      const io = { ...silent, stdout: { write: (text: string) => (out += text) } };
      const losses = loss === undefined ? [] : [JSON.stringify(loss)];
      const rest = { epochs: [4], images: [name], quantities: [quantity], losses, threads: 1, json: true };
      await mapsCommand({ ...base, ...rest, out: file('maps') }, io);
      maps[title] = (JSON.parse(out) as { files: { values: string } }).files.values;
    }
    const geometry = {
      height,
      width,
      pad: [
        [pad.top, pad.bottom],
        [pad.left, pad.right],
      ],
    };
    const checked = runPython(python!, 'check_maps.py', [
      file('unet.onnx'),
      file('image'),
      file('mask'),
      JSON.stringify(geometry),
      JSON.stringify(maps),
    ]) as Record<string, { difference: number; spread: number }>;
    expect(Object.keys(checked)).toEqual(asked.map(([title]) => title));
    for (const [title, { difference, spread }] of Object.entries(checked)) {
      expect.soft(difference, title).toBeLessThan(1e-4);
      // A map of one value would agree with anything.
      if (title !== 'prediction') expect.soft(spread, title).toBeGreaterThan(0.02);
    }
  }, 120_000);
});
