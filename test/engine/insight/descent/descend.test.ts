import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { studyLosses } from '../../../../src/engine/experiment/studyLosses';
import { oneTile, readRunImage } from '../../../../src/engine/insight/oneTile';
import type { DescentEvent } from '../../../../src/engine/insight/descent/events';
import { createLoss } from '../../../../src/engine/losses/registry';
import { segmentationMetrics } from '../../../../src/engine/metrics/segmentationMetrics';
import { readKnownRun, readNetwork } from '../../../../src/engine/surface/chooseNetworks';
import { createOptimizer } from '../../../../src/engine/training/optimizers';
import { trainingStep } from '../../../../src/engine/training/trainingStep';
import { unet, unetParameters } from '../../../../src/engine/unet/unet';
import { readDescent, type DescentDocument } from '../../../../src/runs/descentDocument';
import { frameSteps, readFrame } from '../../../../src/runs/descentFrames';
import { readDescentRows } from '../../../../src/runs/descentTable';
import { checkpointPath, runPaths } from '../../../../src/runs/layout';
import { temporaryFolder } from '../../../runs/support';
import { writeTinyRuns } from '../../surface/tinyRun';
import { bundleCommandLine, events, losscape, startCommandLine } from '../../commandLine';

const one = ['--threads', '1'];

async function documentOf(folder: string): Promise<DescentDocument> {
  const entry = await readDescent(folder);
  if (!entry.ok) throw new Error(entry.reason);
  return entry.document;
}

/** The only descent of a runs folder. */
async function onlyDescent(runs: string): Promise<string> {
  const names = (await readdir(runs)).filter((name) => name.includes('-descent-'));
  expect(names).toHaveLength(1);
  return join(runs, names[0]!);
}

describe('losscape descend', () => {
  it("descends under the study's losses, each from the same network", async () => {
    const runs = join(temporaryFolder(), 'runs');
    const [first] = await writeTinyRuns(join(runs, '..'));
    const { code, out, err } = await losscape(
      ...['descend', first!.folder, '--image', 'image-5', '--epoch', '1', '--steps', '5', '--every', '2'],
      ...['--learning-rate', '0.01', '--json', ...one],
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const all = events<DescentEvent>(out);
    const last = all.at(-1)!;
    if (last.type !== 'ended') throw new Error(last.type);
    const { folder, document } = last;
    expect(folder).toBe(await onlyDescent(runs));
    expect(document).toMatchObject({
      kind: 'descent',
      status: 'finished',
      stepsDone: 25,
      stepsTotal: 25,
      checkpoint: { run: basename(first!.folder), epoch: 1, loss: 'cross-entropy' },
      image: {
        name: 'image-5',
        split: 'test',
        height: 24,
        width: 32,
        region: { top: 0, left: 0, height: 24, width: 32 },
      },
    });
    expect(document.losses.map(({ label }) => label)).toEqual([
      'cross-entropy 0.3:0.9',
      ...[1, 2, 3, 5].map((gamma) => `focal γ=${gamma} (detached)`),
    ]);
    expect(await documentOf(folder)).toEqual(document);
    expect((await readdir(folder)).sort()).toEqual(
      ['checkpoints', 'descent.csv', 'frames', 'image.png', 'log.txt', 'mask.png', 'run.json'].sort(),
    );
    expect(await readdir(runPaths(folder).checkpoints)).toEqual([]);

    const rows = await readDescentRows(folder);
    expect(rows.map(({ descended, step }) => `${descended} ${step}`)).toEqual(
      document.losses.flatMap(({ name }) => [0, 1, 2, 3, 4, 5].map((step) => `${name} ${step}`)),
    );
    expect(all.filter(({ type }) => type === 'step')).toHaveLength(rows.length);
    const { pair } = await readRunImage(first!.experiment, 'image-5');
    const starts = [];
    for (const { name, folder: of } of document.losses) {
      expect(await frameSteps(folder, of)).toEqual([0, 2, 4, 5]);
      starts.push((await readFrame(folder, of, 0)).margin);
      const own = rows.filter(({ descended }) => descended === name);
      expect(own.at(-1)!.loss).toBeLessThan(own[0]!.loss);
      // What the table says of a step is what its frame shows.
      for (const step of [0, 2, 5]) {
        const { height, width, margin } = await readFrame(folder, of, step);
        const logits = new Float32Array(2 * margin.length);
        logits.set(margin, margin.length);
        const { accuracy, iou, confidenceBackground, confidenceForeground } = segmentationMetrics(
          logits,
          pair.labels,
          height,
          width,
        );
        const row = own[step]!;
        expect([row.accuracy, row.iou]).toEqual([accuracy, iou]);
        expect(row.confidenceBackground).toBeCloseTo(confidenceBackground, 6);
        expect(row.confidenceForeground).toBeCloseTo(confidenceForeground, 6);
      }
    }
    for (const start of starts) expect(start).toEqual(starts[0]);
  });

  it('takes the very steps that eager tfjs takes', async () => {
    const folder = temporaryFolder();
    // A network that loses its border, and a centre crop of the image.
    const [first] = await writeTinyRuns(folder, {
      model: { padding: 'valid' },
      training: { evaluate: 'center' },
      size: [32, 40],
    });
    const { experiment } = first!;
    const { code } = await losscape(
      ...['descend', first!.folder, '--image', 'image-1', '--steps', '3', '--every', '3', '--learning-rate', '0.003'],
      ...['--losses', '{"type":"focal","gamma":2,"modulator":"detached"}', ...one],
    );
    expect(code).toBe(0);
    const descent = await onlyDescent(join(folder, 'runs'));
    const { margin } = await readFrame(descent, 'focal-2-detached', 3);

    await tf.setBackend('cpu');
    const tile = await oneTile(experiment, (await readRunImage(experiment, 'image-1')).pair, 'center');
    const { region } = tile.plan;
    expect(region).toEqual((await documentOf(descent)).image.region);
    const loss = createLoss(studyLosses[2]!);
    const specs = unetParameters(experiment.model);
    const { weights } = await readNetwork(await readKnownRun(first!.folder), 'last', specs);
    const optimizer = createOptimizer({ type: 'adam', learningRate: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    const shape = {
      batchSize: 1,
      tile: tile.plan.tile,
      crop: [region.height, region.width],
      offset: tile.offset,
    } as const;
    const program = trainingStep(experiment.model, loss, optimizer, shape);
    const images = tf.tensor(tile.images, [1, 3, ...tile.plan.tile]);
    const labels = tf.tensor(tile.labels, [1, region.height, region.width], 'int32');
    let state = Object.fromEntries(
      Object.entries(program.state).map(([name, { shape }]) => [
        name,
        weights[name] ? tf.tensor(weights[name], [...shape]) : tf.zeros([...shape]),
      ]),
    );
    for (let step = 1; step <= 3; step++) {
      const scalars = Object.entries(optimizer.scalars(step, 0.003)).map(([name, value]) => [name, tf.scalar(value)]);
      state = program.body({ images, labels, ...Object.fromEntries(scalars) }, state).state!;
    }
    const logits = unet(experiment.model, state, tf.transpose(images as tf.Tensor4D, [0, 2, 3, 1]));
    const crop = tf.slice(logits, [0, tile.offset.top, tile.offset.left, 0], [1, region.height, region.width, 2]);
    const [background, foreground] = tf.split(crop, 2, 3);
    const expected = tf.sub(foreground!, background!).dataSync();
    expect(margin).toHaveLength(expected.length);
    for (let i = 0; i < margin.length; i++) expect(Math.abs(margin[i]! - expected[i]!)).toBeLessThan(1e-4);
  });

  it('takes losses of the experiment, and puts its folder where it is told', async () => {
    const folder = temporaryFolder();
    const losses = [{ type: 'crossEntropy' }, { name: 'Überlappung', type: 'dice' }] as const;
    const [first] = await writeTinyRuns(folder, { losses });
    const out = join(folder, 'elsewhere');
    const { code, out: printed } = await losscape(
      ...['descend', basename(first!.folder), '--runs', join(folder, 'runs'), '--out', out, '--image', 'image-2'],
      ...['--losses', 'all', '{"type":"focal","gamma":2,"name":"cross entropy"}', '--steps', '1', ...one],
    );
    expect(code).toBe(0);
    const { losses: kept, status, image } = await documentOf(await onlyDescent(out));
    expect(kept.map(({ name, folder }) => [name, folder])).toEqual([
      ['cross-entropy', 'cross-entropy'],
      ['Überlappung', 'uberlappung'],
      ['cross entropy', 'cross-entropy-3'],
    ]);
    expect({ status, split: image.split }).toEqual({ status: 'finished', split: 'train' });
    expect(printed).toMatch(/cross-entropy {2}step 0\/1 {2}loss [\d.]+ {2}IoU [\d.]+ {2}confidence [\d.]+\/[\d.]+/);
    expect(printed).toMatch(/finished after 3 of 3 steps/);
    expect(printed).not.toContain('\u001b');

    // Whoever lists or shows what is in the folder sees it for what it is.
    const descent = await onlyDescent(out);
    const listed = await losscape('runs', out);
    expect(listed.out).toBe(
      `Descents on one image\n${basename(descent)}: image-2 from epoch 2 of ${basename(first!.folder)}, 3 losses, finished, 3/3 steps\n`,
    );
    expect(JSON.parse((await losscape('runs', out, '--json')).out)).toEqual([]);
    const shown = await losscape('show', descent);
    expect(shown.code).toBe(0);
    expect(shown.out).toContain('Descent on train image image-2  finished');
    expect(shown.out).toMatch(/^cross-entropy +1\/1 +[\d.]+ → [\d.]+ +[\d.]+ → [\d.]+ .* 2$/m);
    const { losses: told } = JSON.parse((await losscape('show', descent, '--json')).out) as { losses: unknown[] };
    expect(told).toHaveLength(3);
    const report = await losscape('report', descent);
    expect(report.err).toContain('it is a descent on one image, not a training');
    expect(report.code).toBe(2);
  });

  it('says what is wrong before anything is written', async () => {
    const folder = temporaryFolder();
    const [first] = await writeTinyRuns(folder);
    const at = first!.folder;
    const image = ['--image', 'image-1'];
    const cases: [string[], RegExp][] = [
      [[], /from the network of which run\?/],
      [[at], /which image\?.*\n.*image-5, image-6, image-1/],
      [['nothing', '--runs', folder, ...image], /there is no run "nothing"/],
      [[at, '--image', 'image-9'], /the run's data has no image "image-9"\n.*image-5, image-6, image-1/],
      [[at, ...image, '--split', 'test'], /no test image "image-1"/],
      [[at, ...image, '--epoch', '7'], /has no checkpoint of epoch 7\n.*epochs 0, 1, 2/],
      [[at, ...image, '--losses', 'dice'], /no run of the experiment "tiny" has a loss called "dice"/],
      [[at, ...image, '--losses', '{"type":"focal"'], /this is no JSON/],
      [[at, ...image, '--losses', '{"type":"focal","gamma":-1}'], /this is no loss: gamma/],
      [[at, ...image, '--losses', '{"type":"dice","name":"cross-entropy"}', 'all'], /two different losses are called/],
      [[at, ...image, '--steps', '0'], /at least 1/],
      [[at, ...image, '--learning-rate', '-1'], /above 0/],
      [[at, '--resume', 'x'], /leave out the run/],
      [['--resume', 'x', '--runs', folder], /there is no descent "x"/],
      [['--resume', at], /it is a training, not a descent/],
      [['--resume', at, '--steps', '3'], /leave out --steps/],
      [['--resume', at, '--learning-rate', '3'], /leave out --learning-rate/],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await losscape('descend', ...args);
      expect(err).toMatch(message);
      expect(code).toBe(2);
    }
    expect(await readdir(join(folder, 'runs'))).toEqual([basename(at)]);
  });

  it('fails in words, and the folder says so, when a loss is no longer a number', async () => {
    const folder = temporaryFolder();
    const [first] = await writeTinyRuns(folder);
    const { code, err } = await losscape(
      ...['descend', first!.folder, '--image', 'image-1', '--losses', 'all', '--learning-rate', '1e30', ...one],
    );
    expect(err).toMatch(/the descent under cross-entropy diverged: after \d+ steps/);
    expect(code).toBe(1);
    const { status, error } = await documentOf(await onlyDescent(join(folder, 'runs')));
    expect(status).toBe('failed');
    expect(error?.hint).toContain('smaller --learning-rate');
  });
});

describe('losscape descend --resume', () => {
  let bundle: { folder: string; program: string };
  beforeAll(async () => {
    bundle = await bundleCommandLine();
  });
  afterAll(() => rmSync(bundle.folder, { recursive: true }));

  /** Descends until `when` says so of a step, then does `what`; gives the exit code, null for a killed process. */
  function until(args: readonly string[], when: (step: number) => boolean, what: (pid: number) => void) {
    return new Promise<number | null>((done) => {
      const child = startCommandLine(bundle.program, ['descend', ...args, '--json']);
      let [steps, acted] = [0, false];
      createInterface(child.stdout).on('line', (line) => {
        if (!line.endsWith('}') || (JSON.parse(line) as DescentEvent).type !== 'step') return;
        steps += 1;
        if (acted || !when(steps)) return;
        acted = true;
        what(child.pid!);
      });
      child.once('exit', done);
    });
  }

  /** Everything of a folder but the log and what tells of its processes and times. */
  async function contents(folder: string): Promise<Record<string, string>> {
    const files: Record<string, string> = {};
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name === 'log.txt') continue;
      const path = join(entry.parentPath, entry.name);
      files[path.slice(folder.length)] = (await readFile(path)).toString('base64');
    }
    const { id, pid, started, updated, finished, secondsDescending, accelerator, ...document } =
      await documentOf(folder);
    expect([id, pid, started, updated, finished, secondsDescending, accelerator].every((x) => x !== null)).toBe(true);
    return { ...files, '/run.json': JSON.stringify(document) };
  }

  const settings = ['--image', 'image-5', '--steps', '40', '--every', '5', '--learning-rate', '1e-3', ...one];
  const losses = ['--losses', 'study'];
  const model = { filters: 8, depth: 2 };

  it('killed again and again, or stopped: the folder is as if nothing had happened', async () => {
    const folder = temporaryFolder();
    const [first] = await writeTinyRuns(folder, { model, size: [64, 64] });
    const undisturbed = join(folder, 'undisturbed');
    const start = ['descend', first!.folder, ...settings];
    expect((await losscape(...start, '--out', undisturbed, ...losses)).code).toBe(0);

    const runs = join(folder, 'runs');
    let args = [first!.folder, ...settings, ...losses];
    let reached = 0;
    for (const target of [3, 55, 60, 20]) {
      const code = await until(
        args,
        (steps) => steps >= target,
        (pid) => process.kill(pid, 'SIGKILL'),
      );
      expect(code).toBeNull();
      const descent = await onlyDescent(runs);
      const entry = await readDescent(descent);
      expect(entry).toMatchObject({ ok: true, status: 'interrupted' });
      // It may have been killed before it was again where it had been killed before.
      reached = Math.max(reached, (await readDescentRows(descent)).length);
      args = ['--resume', descent];
    }
    expect(reached).toBeGreaterThan(41);
    const descent = await onlyDescent(runs);
    const stopped = await until(
      args,
      (steps) => steps >= 2,
      () => writeFileSync(runPaths(descent).stop, ''),
    );
    expect(stopped).toBe(130);
    expect((await documentOf(descent)).status).toBe('stopped');
    expect(await readdir(runPaths(descent).checkpoints)).toEqual(['resume.safetensors']);
    const { code, err } = await losscape('descend', '--resume', basename(descent), '--runs', runs);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(await contents(descent)).toEqual(await contents(await onlyDescent(undisturbed)));

    const again = await losscape('descend', '--resume', descent);
    expect(again.err).toMatch(/this descent is finished/);
    expect(again.code).toBe(2);
  });

  it('refuses to go on with another image or another network', async () => {
    const folder = temporaryFolder();
    const [first] = await writeTinyRuns(folder, { model, size: [64, 64] });
    const runs = join(folder, 'runs');
    await until(
      [first!.folder, ...settings],
      (steps) => steps >= 3,
      (pid) => process.kill(pid, 'SIGINT'),
    );
    const descent = await onlyDescent(runs);
    const files = ['images', 'masks'].map((of) => join(folder, of, 'image-5.png'));
    const before = files.map((file) => readFileSync(file));
    const resumed = () => losscape('descend', '--resume', descent);
    for (const file of files) rmSync(file);
    expect((await resumed()).err).toMatch(/the run's data has no test image "image-5"/);
    for (const file of files) copyFileSync(file.replace('image-5', 'image-4'), file);
    expect((await resumed()).err).toMatch(/the image "image-5" or its mask has changed since this descent was begun/);
    files.forEach((file, i) => writeFileSync(file, before[i]!));
    const checkpoint = (epoch: number): string => checkpointPath(first!.folder, epoch);
    copyFileSync(checkpoint(1), checkpoint(2));
    const { code, err } = await resumed();
    expect(err).toMatch(/the checkpoint of epoch 2 has changed since this descent was begun/);
    expect(code).toBe(2);
    expect((await documentOf(descent)).status).toBe('stopped');
  });
});
