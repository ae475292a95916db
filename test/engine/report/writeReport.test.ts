import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lossRow } from '../../../src/engine/report/lossRow';
import { canDrawText } from '../../../src/engine/report/png';
import { curvesOf, distinctLabels, layerChanges, readReportRuns } from '../../../src/engine/report/reportRun';
import { evaluations, firstHalf } from '../../../src/engine/report/resultsTable';
import { writeReport } from '../../../src/engine/report/writeReport';
import { readMetrics } from '../../../src/runs/metricsTable';
import { estimate, intervalHalfWidth } from '../../../src/engine/report/statistics';
import { writeFixtureRun } from './fixtures';

let folder: string;
let runs: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'losscape-report-'));
  const at = join(folder, 'runs');
  runs = [
    await writeFixtureRun(at, { name: 'ce', label: 'cross-entropy', predictions: 2, surface: true, plateau: 6 }),
    await writeFixtureRun(at, {
      name: 'focal',
      label: 'focal γ=2 <b>',
      predictions: 2,
      confidence: 0.8,
      status: 'failed',
    }),
  ];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a report', () => {
  it('is one page that fetches nothing, with a PNG of every figure', async () => {
    const out = join(folder, 'out', 'comparison.html');
    const { html, images, warnings } = await writeReport(runs, out, { title: 'Discs & losses' });
    expect(warnings).toEqual([]);
    expect(html).toBe(out);
    const page = (await readFile(html, 'utf8')).replace(/data:image\/\w+;base64,[\w+/=]+/g, 'data:');

    expect(page).toContain('<title>Discs &amp; losses</title>');
    expect(page.match(/<script|<link|@import|https?:\/\/(?!www\.w3\.org)/g)).toBeNull();
    expect(page.match(/(?<!measure is )undefined|NaN|\[object/g)).toBeNull();
    expect(page).not.toContain('γ=2 <b>');
    expect(page).toContain('failed: the loss diverged at step 12');
    for (const heading of ['Results', 'Curves', 'Sample predictions', 'Loss surface', 'What was trained']) {
      expect(page).toContain(`<h2>${heading}</h2>`);
    }
    expect(page.match(/<svg /g)).toHaveLength(images.length);

    const names = images.map((file) => basename(file));
    expect(names).toEqual([
      'overlay.png',
      'curve-accuracy.png',
      'curve-iou.png',
      'curve-confidenceBackground.png',
      'curve-confidenceForeground.png',
      'curve-loss.png',
      'curve-weightChange.png',
      'prediction-test-1.png',
      'prediction-test-2.png',
      `surface-${basename(runs[0]!)}-plane-1.png`,
    ]);
    for (const file of images) {
      expect(file).toBe(join(folder, 'out', 'comparison-images', basename(file)));
      const { width, height } = await sharp(file).metadata();
      expect(width).toBeGreaterThan(800);
      expect(height).toBeGreaterThan(300);
      const { channels } = await sharp(file).stats();
      expect(channels[0]!.stdev).toBeGreaterThan(5);
    }
  });

  it('shows the loss of each pixel on one scale, and says why there is none', async () => {
    const at = join(folder, 'losses');
    const focal = await writeFixtureRun(at, { name: 'f', label: 'focal', predictions: 1, loss: { type: 'focal' } });
    const dice = await writeFixtureRun(at, { name: 'd', label: 'dice', predictions: 1, loss: { type: 'dice' } });
    const plain = await writeFixtureRun(at, { name: 'c', label: 'cross-entropy', predictions: 1 });
    const [focalRun, diceRun, plainRun] = await readReportRuns([focal, dice, plain]);
    const samples = [focalRun!, diceRun!, plainRun!].map((run) => ({ run, prediction: run.predictions[0]! }));
    const row = (await lossRow(samples, 142))!;
    expect(row.cells[1]).toMatchObject({ reason: expect.stringContaining('region loss') as unknown });
    // Yellow is at or above the top of the scale: a few pixels of cross-entropy, and none of focal, which is below it.
    const yellow = await Promise.all(
      [row.cells[0]!, row.cells[2]!].map(async (cell) => {
        if (!('picture' in cell)) throw new Error(cell.reason);
        const data = await sharp(Buffer.from(cell.picture.split(',')[1]!, 'base64'))
          .removeAlpha()
          .raw()
          .toBuffer();
        return Array.from({ length: data.length / 3 }, (_, i) => i).filter((i) => data[3 * i]! > 245).length;
      }),
    );
    expect(yellow[1]!).toBeGreaterThan(yellow[0]!);
    const { html } = await writeReport([focal, dice, plain], join(folder, 'losses.html'));
    const page = await readFile(html, 'utf8');
    expect(page).toContain('loss per pixel');
    expect(page).toContain('A region loss');

    await rm(join(focal, 'predictions', 'latest', 'test-1.margin.npy'));
    const older = await writeReport([focal], join(folder, 'older.html'));
    expect(older.warnings).toEqual([]);
    expect(await readFile(older.html, 'utf8')).not.toContain('loss per pixel');
  });

  it('says which images are synthetic, and shows only what is there', async () => {
    const bare = await writeFixtureRun(join(folder, 'bare'), { name: 'dice', label: 'dice', synthetic: true, test: 0 });
    const { html } = await writeReport([bare], join(folder, 'bare.html'));
    const page = await readFile(html, 'utf8');
    expect(page).toContain('synthetic data');
    expect(page).toContain('last evaluation, train');
    expect(page).not.toContain('Loss surface');
    expect(page).not.toContain('Sample predictions');
    expect(page).not.toContain('The runs side by side');
  });

  it('is written for a run that has not been evaluated yet', async () => {
    const young = await writeFixtureRun(join(folder, 'young'), {
      name: 'ce',
      label: 'cross-entropy',
      epochs: 0,
      epochsTotal: 5,
    });
    const { html, images } = await writeReport([young], join(folder, 'young.html'));
    expect(images).toEqual([]);
    expect(await readFile(html, 'utf8')).toContain('0 of 5');
  });

  it('names what it leaves out', async () => {
    const broken = await writeFixtureRun(join(folder, 'broken'), {
      name: 'ce',
      label: 'ce',
      predictions: 1,
      surface: true,
    });
    await writeFile(join(broken, 'predictions', 'latest', 'test-1.mask.png'), 'no picture');
    await writeFile(join(broken, 'surfaces', 'plane-1', 'iou.npy'), 'no array');
    const { warnings, html } = await writeReport([broken], join(folder, 'broken.html'));
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toMatch(/test-1\.png: left out/);
    expect(warnings.join()).toMatch(/iou\.npy: not an \.npy file/);
    expect(await readFile(html, 'utf8')).toContain('not an .npy file');
  });

  it('refuses no runs and a folder that is none', async () => {
    await expect(writeReport([], join(folder, 'x.html'))).rejects.toThrow('there are no runs');
    await expect(writeReport([folder], join(folder, 'x.html'))).rejects.toThrow('it has no run.json');
  });

  it('can label its PNGs here', async () => {
    expect(await canDrawText()).toBe(true);
  });
});

describe('what a report computes', () => {
  it('means and intervals over the images of an epoch', async () => {
    const rows = await readMetrics(runs[0]!);
    const curve = curvesOf(rows, 'test')!;
    const own = rows.filter((row) => row.split === 'test' && row.epoch === 20).map((row) => row.iou);
    const last = curve.iou.at(-1)!;
    expect(last).toEqual({ epoch: 20, ...estimate(own) });
    expect(last.n).toBe(5);
    const page = await readFile((await writeReport(runs, join(folder, 'r.html'))).html, 'utf8');
    expect(page).toContain(
      `${last.mean.toFixed(3)} <span class="interval">± ${intervalHalfWidth(last).toFixed(3)}</span>`,
    );
  });

  it('the best epoch and the end of the plateau', async () => {
    const [run] = await readReportRuns([runs[0]!]);
    const iou = run!.curves.test!.iou;
    const { last, best } = evaluations(run!, 'test');
    expect(last).toBe(20);
    expect(iou.find((point) => point.epoch === best)!.mean).toBe(Math.max(...iou.map((point) => point.mean)));
    const first = firstHalf(run!, 'test')!;
    expect(iou.find((point) => point.epoch === first)!.mean).toBeGreaterThanOrEqual(0.5);
    expect(iou.find((point) => point.epoch === first - 1)!.mean).toBeLessThan(0.5);
  });

  it('the weight change of a layer: its tensors summed, the steps of an epoch averaged', () => {
    const step = (number: number, epoch: number, weight: number, bias: number) => ({
      step: number,
      epoch,
      loss: 1,
      learningRate: 1,
      seconds: 1,
      imagesPerSecond: 1,
      changes: { 'a.weight': weight, 'a.bias': bias, 'head.weight': 7 },
    });
    const rows = [step(1, 1, 1, 0.5), step(2, 1, 3, 0.5), step(3, 2, 10, 0)];
    expect(layerChanges(['a.weight', 'a.bias', 'head.weight'], rows)).toEqual([
      {
        layer: 'a',
        points: [
          { epoch: 1, change: 2.5 },
          { epoch: 2, change: 10 },
        ],
      },
      {
        layer: 'head',
        points: [
          { epoch: 1, change: 7 },
          { epoch: 2, change: 7 },
        ],
      },
    ]);
  });

  it('labels that tell runs of the same loss apart', async () => {
    const [run] = await readReportRuns([runs[0]!]);
    const document = (id: string, experimentName: string, label: string) => ({
      ...run!.document,
      id,
      experimentName,
      loss: { ...run!.document.loss, label },
    });
    expect(
      distinctLabels([
        document('1-abcd', 'one', 'dice'),
        document('2-efgh', 'two', 'dice'),
        document('3-ijkl', 'two', 'focal γ=2'),
        document('4-mnop', 'three', 'ce'),
        document('5-qrst', 'three', 'ce'),
      ]),
    ).toEqual(['dice · one', 'dice · two', 'focal γ=2', 'ce · mnop', 'ce · qrst']);
  });
});
