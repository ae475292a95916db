import { expect, test } from 'vitest';
import { doctorReport, type Findings } from '../../../src/extension/doctor/doctorReport';

const json = {
  code: 0,
  stderr: '',
  stdout: JSON.stringify({ chosen: { available: true, name: 'onnx', provider: 'cpu' }, images: { available: true } }),
};
const healthy: Findings = {
  extension: '0.1.0',
  editor: 'Code 1.101.0',
  platform: 'linux-x64',
  remote: undefined,
  trusted: true,
  node: { command: '/usr/bin/node', env: {}, version: '20.11.1', source: 'path', reasons: ['It is the first.'] },
  engine: { json, text: { code: 0, stderr: '', stdout: 'ONNX Runtime 1.30.0\n' } },
  settings: { 'losscape.threads': 2 },
  runs: 3,
  runsFolders: ['/a/runs'],
  polling: undefined,
};

test('a healthy machine', () => {
  const { summary, wrong, markdown } = doctorReport(healthy);
  expect(wrong).toEqual([]);
  expect(summary).toBe('Losscape is ready: Node 20.11.1, onnx on cpu.');
  for (const part of [
    '/usr/bin/node',
    'It is the first.',
    'ONNX Runtime 1.30.0',
    '`losscape.threads`: `2`',
    '/a/runs',
  ]) {
    expect(markdown).toContain(part);
  }
});

test('what is wrong stands first', () => {
  const noNode = doctorReport({ ...healthy, node: 'There is no Node.', engine: null, trusted: false });
  expect(noNode.wrong).toHaveLength(2);
  expect(noNode.summary).toContain('not trusted');
  const crash = { code: -1, stdout: '', stderr: 'Segmentation fault\n' };
  expect(doctorReport({ ...healthy, engine: { json: crash, text: crash } }).wrong).toEqual([
    'The engine does not answer: Segmentation fault',
  ]);
  const broken = { ...json, stdout: JSON.stringify({ images: { available: false, reason: 'sharp does not load' } }) };
  expect(doctorReport({ ...healthy, engine: { json: broken, text: broken } }).wrong).toEqual(['sharp does not load']);
  expect(doctorReport({ ...healthy, polling: 'too many watches' }).markdown).toContain('too many watches');
});
