import { describe, expect, it } from 'vitest';
import { comparedImages } from '../../../src/extension/panels/comparedImages';
import { type FeedSource, RunFeed } from '../../../src/extension/panels/runFeed';
import { runInfo, runSeries, stepsFrame } from '../../../src/extension/panels/runSeries';
import { noMarks, type RunMetrics, type RunRecord, type RunSteps } from '../../../src/extension/runs/runData';
import { MetricsSeries } from '../../../src/extension/runs/metricsSeries';
import { metricNames } from '../../../src/runs/metricsTable';
import { withTail } from '../../../src/webview/protocol/frame';

/** Metrics of epochs 1 to n: two test images, the second without a Hausdorff distance. */
function metricsUpTo(epochs: number): RunMetrics {
  const series = new MetricsSeries();
  series.reset(['epoch', 'split', 'image', ...metricNames]);
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    for (const [image, iou] of [
      ['a', 0.1 * epoch],
      ['b', 0.2 * epoch],
    ] as const) {
      series.row([
        String(epoch),
        'test',
        image,
        ...metricNames.map((name) => (name === 'hd95' && image === 'b' ? '' : String(iou))),
      ]);
    }
  }
  return { epochs: series.epochs() };
}

/** Steps of two layers, `perEpoch` of them in every epoch. */
function stepsOf(length: number, perEpoch = 2): RunSteps {
  const column = (value: (index: number) => number) => Float64Array.from({ length }, (_, index) => value(index));
  return {
    length,
    step: column((index) => index + 1),
    epoch: column((index) => Math.floor(index / perEpoch) + 1),
    loss: column((index) => (index === 1 ? 9 : 1)),
    learningRate: column(() => 0.1),
    seconds: column(() => 2),
    imagesPerSecond: column(() => 4),
    parameters: ['head.weight', 'head.bias'],
    change: { 'head.weight': column((index) => index), 'head.bias': column(() => 1) },
  };
}

function record(folder: string, status: 'running' | 'finished' = 'finished'): RunRecord {
  const document = {
    id: folder,
    experiment: { losses: [1, 2], file: '/x', training: { seed: 1 }, dataset: { scale: 1 } },
    experimentName: 'discs',
    loss: { name: 'dice', label: 'dice', spec: { type: 'dice' } },
    dataset: { fingerprint: 'f', train: ['t'], test: ['a', 'b'], synthetic: true },
    error: null,
    started: '2026-11-23T10:00:00Z',
    epochsDone: 2,
    epochsTotal: 4,
  };
  return {
    folder,
    marks: noMarks,
    runsFolder: '/r',
    entry: { id: folder, folder, ok: true, status, document },
  } as unknown as RunRecord;
}

describe('runSeries', () => {
  it('has means, standard errors and counts per epoch, at the step and the second where the epoch ends', () => {
    const { test, train } = runSeries(metricsUpTo(2), stepsOf(4), false);
    expect([...test.columns['epoch']!]).toEqual([1, 2]);
    expect([...test.columns['step']!]).toEqual([2, 4]);
    expect([...test.columns['seconds']!]).toEqual([4, 8]);
    expect(test.columns['mean/iou']![1]).toBeCloseTo(0.3, 12);
    expect(test.columns['error/iou']![1]).toBeCloseTo(0.1, 12);
    expect([...test.columns['n/hd95']!]).toEqual([1, 1]);
    expect(train.rows).toBe(0);
  });

  it('sums weight and bias of a layer and averages over the steps of an epoch, without the one that is not over', () => {
    const whole = runSeries({ epochs: [] }, stepsOf(3), false).layers;
    expect([...whole.columns['change/head']!]).toEqual([1.5, 3]);
    expect(runSeries({ epochs: [] }, stepsOf(3), true).layers.rows).toBe(1);
  });

  it('gathers many steps into buckets that keep their extremes', () => {
    expect(stepsFrame(stepsOf(4)).rows).toBe(4);
    expect([...stepsFrame(stepsOf(4)).columns['epoch']!]).toEqual([0.5, 1, 1.5, 2]);
    const many = stepsFrame(stepsOf(5000, 100));
    expect(many.rows).toBe(1250);
    expect([many.columns['low']![0], many.columns['high']![0], many.columns['loss']![0]]).toEqual([1, 9, 3]);
    expect(many.columns['seconds']!.at(-1)).toBe(10_000);
  });
});

describe('runInfo', () => {
  it('keeps a run’s own settings and none of the other losses', () => {
    expect(runInfo(record('one'), []).configuration).toEqual({
      loss: { type: 'dice' },
      training: { seed: 1 },
      dataset: { scale: 1, fingerprint: 'f' },
    });
  });

  it('says why a run cannot be read', () => {
    const unreadable = {
      ...record('bad'),
      entry: { id: 'bad', folder: 'bad', ok: false, reason: 'its run.json is not whole JSON' },
    };
    expect(runInfo(unreadable as RunRecord, [])).toMatchObject({
      status: 'unreadable',
      problem: 'its run.json is not whole JSON',
    });
  });
});

describe('RunFeed', () => {
  const source = { epochs: 1, there: true, status: 'running' as 'running' | 'finished' };
  const store: FeedSource = {
    get: (folder) => (source.there ? record(folder, source.status) : undefined),
    metrics: () => Promise.resolve(metricsUpTo(source.epochs)),
    steps: () => Promise.resolve(stepsOf(2 * source.epochs)),
  };

  it('sends everything once, then only what has changed', async () => {
    const feed = new RunFeed(store, ['/r/one'], true);
    const [first] = await feed.snapshot();
    expect(await feed.updates(['/r/one', '/r/unknown'])).toEqual([]);
    source.epochs = 3;
    const [changed] = await feed.updates(['/r/one']);
    expect(changed!.update.tails.test!.from).toBe(1);
    const test = withTail(first!.data.series.test, changed!.update.tails.test!);
    expect([...test.columns['epoch']!]).toEqual([1, 2, 3]);
    expect(changed!.update.tails.train).toBeUndefined();
    source.status = 'finished';
    const [ended] = await feed.updates(['/r/one']);
    expect(ended!.update.info.status).toBe('finished');
  });

  it('keeps what was last seen of a run whose folder is deleted', async () => {
    const feed = new RunFeed(store, ['/nowhere/one'], true);
    await feed.snapshot();
    source.there = false;
    const [gone] = await feed.updates(['/nowhere/one']);
    expect(gone!.update).toMatchObject({ info: { status: 'removed', loss: 'dice' }, tails: {} });
    const [unknown] = await new RunFeed(store, ['/nowhere/two'], true).snapshot();
    expect(unknown!.data.info).toMatchObject({ status: 'removed', id: 'two' });
    source.there = true;
  });

  it('leaves steps out where a panel does not show them', async () => {
    const [run] = await new RunFeed(store, ['/r/one'], false).snapshot();
    expect(run!.data.series.steps.rows).toBe(0);
    expect(run!.data.series.layers.rows).toBeGreaterThan(0);
  });
});

describe('comparedImages', () => {
  it('takes the last evaluation and the best by test IoU', () => {
    const { epochs } = metricsUpTo(3);
    const worse = { ...epochs[2]!, test: { ...epochs[0]!.test! } };
    const { last, best } = comparedImages({ epochs: [epochs[0]!, epochs[1]!, worse] });
    expect([last.test!.epoch, best.test!.epoch]).toEqual([3, 2]);
    expect(last.test!.images).toEqual(['a', 'b']);
    expect(last.train).toBeNull();
    expect(comparedImages({ epochs: [] }).best.test).toBeNull();
  });
});
