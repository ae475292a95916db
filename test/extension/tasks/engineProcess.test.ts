import { expect, test } from 'vitest';
import { complaint, runEngineProcess } from '../../../src/extension/tasks/engineProcess';

const run = (script: string, signal?: AbortSignal) =>
  runEngineProcess(process.execPath, ['-e', script], { env: { EXTRA: 'yes' }, ...(signal ? { signal } : {}) });

test('what it prints, how it ends, and its environment', async () => {
  expect(
    await run('console.log(process.env.EXTRA + process.env.NO_COLOR); console.error("é"); process.exit(2)'),
  ).toEqual({
    code: 2,
    stdout: 'yes1\n',
    stderr: 'é\n',
  });
});

test('what does not start, and what is ended', async () => {
  const missing = await runEngineProcess('/nowhere/node', [], { env: {} });
  expect(missing.code).toBe(-1);
  expect(missing.stderr).toMatch(/ENOENT/);
  const controller = new AbortController();
  const ended = run('setInterval(() => {}, 1000)', controller.signal);
  controller.abort();
  expect((await ended).code).toBe(-1);
});

test('its complaint', () => {
  const result = { code: 2, stdout: '', stderr: 'Note: x\nerror /a.json:1:2: no such thing\n  Do this.\n' };
  expect(complaint(result)).toBe('/a.json:1:2: no such thing');
  expect(complaint({ code: 3, stdout: '', stderr: '' })).toBe('the engine ended with code 3');
});
