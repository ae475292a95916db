import { expect, test } from 'vitest';
import type { EpochMetrics, SplitMetrics } from '../../../src/extension/runs/runData';
import { escapeMarkdown, runDescription, runSpoken, runTooltip } from '../../../src/extension/tree/runText';
import { sparkline } from '../../../src/extension/tree/sparkline';
import { brokenRecord, means, record } from '../runs/support';

const colours = { line: '#111111', quiet: '#222222', text: '#333333' };
const split = (iou: number) => ({ mean: { iou } }) as unknown as SplitMetrics;
const epochs: EpochMetrics[] = [1, 2, 3].map((epoch) => ({
  epoch,
  train: split(epoch / 4),
  test: split(epoch / 5),
}));

const last = { epoch: 12, train: null, test: means(0.7812, { confidenceForeground: 0.93 }) };

test('a live run in one line', () => {
  const run = record('/r/a', { epochsDone: 12, last }, { star: true, tags: ['paper'] }, 'running');
  expect(runDescription(run, { etaSeconds: 200, stopping: false })).toBe(
    '★ · #paper · epoch 12/50 · IoU 0.781 · conf. 0.93 · 3 min 20 s left',
  );
  expect(runDescription(run, { etaSeconds: 200, stopping: true })).toContain('stopping…');
  expect(runSpoken(run, undefined)).toBe(
    'focal γ=2, Running, starred, ★ · #paper · epoch 12/50 · IoU 0.781 · conf. 0.93',
  );
});

test('finished, named, without a test split, unreadable', () => {
  const train = { epoch: 50, train: means(0.5), test: null };
  expect(runDescription(record('/r/a', { last: train }), undefined)).toBe('IoU 0.500 (train) · conf. 0.50');
  expect(runDescription(record('/r/a', { last }, { title: 'Mine' }), undefined)).toBe(
    'IoU 0.781 · conf. 0.93 · focal γ=2',
  );
  expect(runDescription(brokenRecord('/r/x', 'it has no run.json'), undefined)).toBe('it has no run.json');
});

test('the tooltip has the curve, the numbers and the folder, and shows texts as they are', () => {
  const best = { epoch: 9, train: null, test: means(0.8) };
  const run = record('/r/a_b', { last, best, error: { message: 'a *star*' } }, { note: 'x < y' });
  const text = runTooltip(run, epochs, undefined, colours, new Date('2026-03-01T12:00:00Z'));
  expect(text).toContain('](data:image/svg+xml;base64,');
  expect(text).toContain('| last, epoch 12 | 0.781 |');
  expect(text).toContain('| best, epoch 9 | 0.800 |');
  expect(text).toContain('`/r/a_b`');
  expect(text).toContain('a \\*star\\*');
  expect(text).toContain('x \\< y');
  expect(text).toContain('2 h ago');
  expect(runTooltip(brokenRecord('/r/x'), [], undefined, colours, new Date())).toContain('not whole JSON');
});

test('the curve: test as a line with its last value, training dashed, in the given colours', () => {
  const svg = sparkline(epochs, colours)!;
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg).toContain('stroke-dasharray');
  expect(svg).toContain('>0.600<');
  expect(svg).toContain('#111111');
  expect(svg).not.toMatch(/NaN|undefined/);
  expect(sparkline(epochs.slice(0, 1), colours)).toBeNull();
  expect(sparkline([], colours)).toBeNull();
  const flat = sparkline(
    [1, 2].map((epoch) => ({ epoch, train: split(0), test: null })),
    colours,
  )!;
  expect(flat).toContain('>0.000<');
  expect(flat).not.toContain('NaN');
});

test('Markdown', () => {
  expect(escapeMarkdown('[a](command:x) `b` <img>')).toBe('\\[a\\]\\(command:x\\) \\`b\\` \\<img\\>');
});
