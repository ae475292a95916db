import { expect, test } from 'vitest';
import type { SurfaceEntry, SurfaceFacts } from '../../../src/extension/surfaces/surfaceFacts';
import { childText } from '../../../src/extension/tree/childText';
import type { EffectiveStatus } from '../../../src/runs/document';
import { descentDocument } from '../descents/support';

const descent = (patch: Parameters<typeof descentDocument>[0] = {}, status: EffectiveStatus = 'finished') =>
  childText({
    kind: 'descent',
    entry: { id: 'd', folder: '/runs/d', ok: true, document: descentDocument(patch), status },
  });

const losses = (...labels: string[]) => labels.map((label) => ({ name: label, label, spec: {}, folder: label }));

test('a descent: its image, its losses, its epoch, and how far it is', () => {
  expect(descent()).toMatchObject({
    label: 'eye',
    description: 'descent · cross-entropy, focal γ=2 · epoch 5',
    status: 'finished',
  });
  expect(descent({ losses: losses('a', 'b', 'c') }).description).toBe('descent · a, b, c · epoch 5');
  expect(descent({ losses: losses('a', 'b', 'c', 'd') }).description).toBe('descent · a, b and 2 more · epoch 5');
  expect(descent({ stepsDone: 3 }, 'interrupted').description).toMatch(/^interrupted 3\/8 · descent · /);
  expect(descent({ stepsDone: 3 }, 'running').description).toMatch(/^running 3\/8 · /);
});

test('the tooltip of a descent has everything, and is not taken for Markdown', () => {
  const { tooltip } = descent({ losses: losses('a*b'), error: { message: 'No space', hint: 'Make some' } }, 'failed');
  for (const part of ['a\\*b', 'No space', 'Make some', '/runs/d', 'Failed: 8 of 8 steps', 'eye \\(test\\)']) {
    expect(tooltip).toContain(part);
  }
});

const surface = (patch: Partial<SurfaceFacts> = {}) => {
  const facts: SurfaceFacts = {
    plane: 'random',
    epoch: 12,
    status: 'finished',
    size: [21, 11],
    done: 231,
    total: 231,
    provenance: 'A random plane.',
    created: '2026-03-01T10:00:00.000Z',
    ...patch,
  };
  const entry: SurfaceEntry = { id: 's', folder: '/runs/a/surfaces/s', run: '/runs/a', surface: facts };
  return childText({ kind: 'surface', entry });
};

test('a surface: what plane it is, of which size, through which network, and how far it is', () => {
  expect(surface()).toMatchObject({
    label: 'Random plane',
    description: '21 × 11 · epoch 12',
    status: 'finished',
  });
  expect(surface({ plane: 'line', size: [51], epoch: null })).toMatchObject({
    label: 'Line',
    description: '51',
  });
  expect(surface({ status: 'sampling', done: 7 })).toMatchObject({
    description: 'sampling 7/231 · 21 × 11 · epoch 12',
    status: 'running',
  });
  expect(surface({ status: 'stopped', done: 7 }).description).toMatch(/^stopped 7\/231 · /);
  expect(surface().tooltip).toContain('A random plane');
});

test('what cannot be read says why', () => {
  const entry = { id: 'd', folder: '/runs/d', ok: false, reason: 'its run.json is not whole JSON' } as const;
  expect(childText({ kind: 'descent', entry })).toMatchObject({
    label: 'd',
    description: 'its run.json is not whole JSON',
    status: 'unreadable',
  });
});
