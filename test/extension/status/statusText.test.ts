import { expect, test } from 'vitest';
import { statusLines, statusText } from '../../../src/extension/status/statusText';
import { duration, figure } from '../../../src/extension/text';
import { means, runDocument } from '../runs/support';

const document = runDocument({ epochsDone: 12, last: { epoch: 12, train: null, test: means(0.7812) } });

test('the status bar', () => {
  expect(statusText([{ document, etaSeconds: 200 }], 0)).toBe('epoch 12/50 · 3 min 20 s left · IoU 0.781');
  expect(statusText([{ document, etaSeconds: null }], 2)).toBe('epoch 12/50 · IoU 0.781 (+2)');
  expect(statusText([{ document: runDocument({ epochsDone: 0 }), etaSeconds: null }], 0)).toBe('epoch 0/50');
  expect(statusText([], 3)).toBe('');
  expect(statusLines([{ document, etaSeconds: 60 }], 1)).toEqual([
    'focal γ=2 — disc: epoch 12/50 · 1 min left · IoU 0.781',
    '1 training is waiting',
  ]);
});

test('durations and figures', () => {
  expect([0, 42, 200, 18_600, 187_200, Infinity].map(duration)).toEqual([
    '0 s',
    '42 s',
    '3 min 20 s',
    '5 h 10 min',
    '2 d 4 h',
    '?',
  ]);
  expect([figure(0.12345), figure(null), figure(NaN), figure(1, 1)]).toEqual(['0.123', '–', '–', '1.0']);
});
