import { expect, test } from 'vitest';
import { MarksStore, parseTags } from '../../../src/extension/runs/marks';
import { noMarks } from '../../../src/extension/runs/runData';

function storage(initial?: unknown) {
  const values = new Map<string, unknown>(initial === undefined ? [] : [['losscape.marks', initial]]);
  return {
    values,
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) => {
      values.set(key, structuredClone(value));
      return Promise.resolve();
    },
  };
}

test('marks are kept by run folder, and forgotten when they say nothing any more', async () => {
  const kept = storage();
  const marks = new MarksStore(kept);
  expect(marks.get('/a')).toBe(noMarks);
  await marks.set('/a', { star: true });
  await marks.set('/a', { tags: ['paper', 'good'], title: 'Best one' });
  await marks.set('/b', { note: 'too slow', tags: ['good'] });
  expect(new MarksStore(kept).get('/a')).toEqual({
    star: true,
    note: '',
    tags: ['paper', 'good'],
    hidden: false,
    title: 'Best one',
  });
  expect(marks.tags()).toEqual(['good', 'paper']);
  await marks.set('/a', { star: false, tags: [], title: null });
  expect(Object.keys(kept.values.get('losscape.marks') as object)).toEqual(['/b']);
  await marks.forget(['/b', '/never']);
  expect(kept.values.get('losscape.marks')).toEqual({});
});

test('what is stored may be anything', () => {
  expect(new MarksStore(storage('nonsense')).get('/a')).toBe(noMarks);
  const marks = new MarksStore(storage({ '/a': { star: 'yes', tags: [1, 'x'], note: 3 }, '/b': null }));
  expect(marks.get('/a')).toEqual({ star: false, note: '', tags: ['x'], hidden: false, title: null });
  expect(marks.get('/b')).toBe(noMarks);
});

test('tags as they are typed', () => {
  expect(parseTags(' paper, #good  good,,x ')).toEqual(['paper', 'good', 'x']);
  expect(parseTags('')).toEqual([]);
});
