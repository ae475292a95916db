import { describe, expect, it } from 'vitest';
import { newestOfEachLoss, runsInWords, runsOfLoss } from '../../../src/extension/experimentFile/lensTexts';
import type { LensRun } from '../../../src/extension/experimentFile/lensTexts';

interface Described {
  readonly status?: string;
  readonly loss?: string;
  readonly started?: string;
  readonly epochsDone?: number;
  readonly iou?: number | null;
  readonly trainIou?: number;
}

const run = ({ status = 'finished', loss = 'focal-2', started = '1', epochsDone = 12, ...of }: Described): LensRun => {
  const summary = {
    epoch: epochsDone,
    train: { iou: of.trainIou ?? 0.5 },
    test: of.iou === undefined ? null : { iou: of.iou },
  };
  const document = { loss: { name: loss }, started, epochsDone, epochsTotal: 50, last: summary, best: summary };
  return {
    id: `${loss}-${started}`,
    folder: `/runs/${loss}-${started}`,
    ok: true,
    status,
    document,
  } as unknown as LensRun;
};

describe('the runs of a loss in words', () => {
  it('none, one, several', () => {
    expect(runsInWords([])).toBeNull();
    expect(runsInWords([run({ iou: 0.9 })])).toBe('1 run, best test IoU 0.90');
    expect(runsInWords([run({ iou: 0.9 }), run({ iou: 0.912 }), run({ iou: null })])).toBe(
      '3 runs, best test IoU 0.91',
    );
  });

  it('without a test split the training images speak', () => {
    expect(runsInWords([run({ trainIou: 0.7 })])).toBe('1 run, best training IoU 0.70');
  });

  it('while one runs, how far it is', () => {
    expect(runsInWords([run({ iou: 0.9 }), run({ status: 'running', iou: 0.781 })])).toBe('epoch 12/50, IoU 0.78');
  });
});

describe('which runs', () => {
  const runs = [
    run({ started: '1' }),
    run({ started: '3' }),
    run({ loss: 'dice', started: '2' }),
    run({ loss: 'dice', started: '4', epochsDone: 0 }),
  ];

  it('of a loss: newest first', () => {
    expect(runsOfLoss(runs, 'focal-2').map(({ folder }) => folder)).toEqual(['/runs/focal-2-3', '/runs/focal-2-1']);
  });

  it('of each loss: the newest that has something to show', () => {
    expect(newestOfEachLoss(runs, ['focal-2', 'dice', 'none'])).toEqual(['/runs/focal-2-3', '/runs/dice-2']);
  });
});
