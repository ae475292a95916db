import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DescentWriter } from '../../../src/runs/descentWriter';
import { DescentFeed, runOf } from '../../../src/extension/descents/descentFeed';
import { asked } from './support';

let folder: string;
let writer: DescentWriter | undefined;

beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'losscape-feed-'))));
afterEach(async () => {
  await writer?.close();
  writer = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function begun(): Promise<DescentWriter> {
  writer = await DescentWriter.create(
    folder,
    { ...asked, experimentName: 'discs', checkpoint: { ...asked.checkpoint, run: 'first', folder: '/gone/first' } },
    { image: Uint8Array.of(1, 2), mask: Uint8Array.of(3) },
  );
  return writer;
}

const row = (descended: string, step: number) => ({
  descended,
  step,
  loss: 1 / (step + 1),
  accuracy: 0.9,
  iou: NaN,
  confidenceBackground: 0.8,
  confidenceForeground: 0.5,
});

describe('the feed of a descent', () => {
  it('gives all of it, and then what is new', async () => {
    const descent = await begun();
    await descent.appendRows([row('ce', 0), row('ce', 1)]);
    await descent.writeFrame('ce', 0, new Float32Array(6));
    const feed = new DescentFeed(descent.folder);
    const snapshot = await feed.snapshot();
    expect(snapshot.info).toMatchObject({ status: 'running', epoch: 5, steps: 4, stepsTotal: 8, runKnown: false });
    expect(snapshot.maps).toEqual([[0], []]);
    expect([...snapshot.image]).toEqual([1, 2]);
    expect(snapshot.rows.map(({ rows }) => rows)).toEqual([2, 0]);
    expect([...snapshot.rows[0]!.columns['iou']!]).toEqual([NaN, NaN]);
    expect(await feed.news()).toBeNull();
    await descent.appendRows([row('ce', 2), row('focal', 0)]);
    await descent.writeFrame('ce', 2, Float32Array.of(1, 2, 3, 4, 5, 6));
    const news = (await feed.news())!;
    expect(news.maps).toEqual([[0, 2], []]);
    expect(news.tails.map((tail) => tail && [tail.from, [...tail.columns['step']!]])).toEqual([
      [2, [2]],
      [0, [0]],
    ]);
    expect([...(await feed.map(0, 2)).margin]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('notices a row that is half-written only when it is whole', async () => {
    const descent = await begun();
    await descent.appendRows([row('ce', 0)]);
    const feed = new DescentFeed(descent.folder);
    await feed.snapshot();
    await appendFile(join(descent.folder, 'descent.csv'), 'ce,1,0.5');
    expect((await feed.news())!.tails).toEqual([null, null]);
    await appendFile(join(descent.folder, 'descent.csv'), ',0.9,,0.8,0.5\n');
    expect((await feed.news())!.tails[0]).toMatchObject({ from: 1 });
  });

  it('says in words what is wrong with a folder, and names a map that is missing', async () => {
    const descent = await begun();
    await expect(new DescentFeed(descent.folder).map(0, 4)).rejects.toThrow(/frame-0004/);
    const file = join(descent.folder, 'run.json');
    const document = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...document, kind: 'training' }));
    await expect(new DescentFeed(descent.folder).snapshot()).rejects.toThrow('training, not a descent');
  });

  it('finds the run that it began with beside it, or where it lay', async () => {
    const descent = await begun();
    const { checkpoint } = descent.document;
    expect(runOf(descent.folder, checkpoint)).toBeNull();
    await mkdir(join(folder, 'first'));
    await writeFile(join(folder, 'first', 'run.json'), '{}');
    expect(runOf(descent.folder, checkpoint)).toBe(join(folder, 'first'));
  });
});
