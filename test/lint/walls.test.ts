import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ESLint } from 'eslint';
import { afterAll, describe, expect, it } from 'vitest';

// The rule looks at files that exist, and some rooms of the house are still empty: a stand-in house has one file in each.
const house = realpathSync(mkdtempSync(join(tmpdir(), 'losscape-walls-')));
for (const file of [
  'src/engine/experiment/schema.ts',
  'src/engine/report/npy.ts',
  'src/engine/insight/maps/maps.ts',
  'src/engine/insight/protocol/frames.ts',
  'src/runs/problem.ts',
  'src/extension/extension.ts',
  'src/webview/curves/panel.ts',
  'src/webview/protocol/messages.ts',
]) {
  mkdirSync(join(house, dirname(file)), { recursive: true });
  writeFileSync(join(house, file), 'export {};\n');
}
afterAll(() => rmSync(house, { recursive: true, force: true }));

// The type-checked rules need a TypeScript project; the walls do not, so only they are switched on here.
const eslint = new ESLint({
  cwd: house,
  overrideConfigFile: resolve(import.meta.dirname, '../../eslint.config.mjs'),
  ruleFilter: ({ ruleId }) => ruleId === 'boundaries/dependencies' || ruleId === 'no-restricted-globals',
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false, project: null } },
    settings: { 'boundaries/root-path': house },
  },
});

async function complaints(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: resolve(house, file) });
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
}

const problem = (path: string) => `import { Problem } from '${path}';\nvoid Problem;\n`;
const load = (name: string) => `import * as it from '${name}';\nvoid it;\n`;

describe('the walls of the house', () => {
  const forbidden: [file: string, code: string, why: string][] = [
    ['src/engine/training/example.ts', load('vscode'), 'the engine knows no editor'],
    ['src/engine/training/example.ts', load('../../extension/extension'), 'nobody imports the extension'],
    ['src/engine/training/example.ts', load('../../webview/curves/panel'), 'the engine knows no panels'],
    ['src/engine/training/example.ts', load('onnxruntime-node'), 'only compile loads ONNX Runtime'],
    ['src/engine/data/example.ts', load('onnxruntime-node'), 'only compile loads ONNX Runtime'],
    ['src/engine/training/example.ts', load('sharp'), 'only data and report load sharp'],
    ['src/engine/compile/example.ts', load('sharp'), 'only data and report load sharp'],
    ['src/engine/cli.ts', load('sharp'), 'only data and report load sharp'],
    ['src/engine/cli/example.ts', `export const it = await import('sharp');`, 'dynamic imports count'],
    ['src/engine/training/example.ts', `export * from 'vscode';`, 're-exports count'],
    ['src/engine/training/example.ts', `import type { Uri } from 'vscode';\nexport type It = Uri;`, 'types count'],
    ['src/engine/training/example.ts', 'export const it = document.title;', 'the engine has no DOM'],
    ['src/runs/example.ts', load('../engine/report/npy'), 'runs knows nothing of the engine'],
    ['src/runs/example.ts', load('../engine/experiment/schema'), 'runs knows nothing of the engine'],
    ['src/runs/example.ts', load('sharp'), 'runs is loaded by the extension host'],
    ['src/runs/example.ts', load('onnxruntime-node'), 'runs is loaded by the extension host'],
    ['src/runs/example.ts', load('@tensorflow/tfjs-core'), 'runs is loaded by the extension host'],
    ['src/runs/example.ts', load('@tensorflow/tfjs-core/dist/ops/add'), 'runs is loaded by the extension host'],
    ['src/engine/experiment/example.ts', load('sharp'), 'experiment is loaded by the extension host'],
    ['src/engine/experiment/example.ts', load('../report/npy'), 'experiment is loaded by the extension host'],
    ['src/engine/insight/maps/example.ts', load('node:fs'), 'maps run in a browser too'],
    ['src/engine/insight/maps/example.ts', load('zod'), 'maps need no package'],
    ['src/engine/insight/maps/example.ts', load('@tensorflow/tfjs-core'), 'maps need no package'],
    ['src/engine/insight/maps/example.ts', load('../../report/npy'), 'maps stand alone'],
    ['src/engine/insight/protocol/example.ts', load('node:stream'), 'the protocol runs in a browser too'],
    ['src/engine/insight/protocol/example.ts', load('../maps/maps'), 'the protocol stands alone'],
    ['src/extension/example.ts', load('../engine/report/npy'), 'the extension does not compute'],
    ['src/extension/example.ts', load('../webview/curves/panel'), 'the extension knows the protocol only'],
    ['src/extension/example.ts', load('sharp'), 'no native module in the extension host'],
    ['src/extension/example.ts', load('@tensorflow/tfjs-core'), 'the extension does not compute'],
    ['src/webview/curves/example.ts', problem('../../runs/problem'), 'a panel knows the protocol only'],
    ['src/webview/curves/example.ts', load('../../engine/report/npy'), 'a panel knows the protocol only'],
    ['src/webview/curves/example.ts', load('node:fs'), 'a panel runs in a browser'],
    ['src/webview/curves/example.ts', load('vscode'), 'a panel runs in a browser'],
    ['src/webview/protocol/example.ts', load('../curves/panel'), 'the protocol stands alone'],
  ];
  it.each(forbidden)('%s may not: %j (%s)', async (file, code) => {
    const found = await complaints(file, code);
    expect(found).not.toEqual([]);
    expect(found).not.toContainEqual(expect.stringContaining('Parsing error'));
  });

  const allowed: [file: string, code: string][] = [
    ['src/engine/training/example.ts', problem('../../runs/problem')],
    ['src/engine/training/example.ts', load('../report/npy')],
    ['src/engine/training/example.ts', load('@tensorflow/tfjs-core')],
    ['src/engine/training/example.ts', load('node:fs/promises')],
    ['src/engine/data/example.ts', load('sharp')],
    ['src/engine/report/example.ts', load('sharp')],
    ['src/engine/compile/example.ts', load('onnxruntime-node')],
    ['src/engine/experiment/example.ts', load('zod')],
    ['src/engine/training/example.ts', load('../insight/maps/maps') + load('../insight/protocol/frames')],
    ['src/engine/insight/maps/example.ts', load('../../experiment/schema')],
    ['src/runs/example.ts', problem('./problem')],
    ['src/runs/example.ts', load('node:fs')],
    ['src/extension/example.ts', load('vscode') + problem('../runs/problem')],
    ['src/extension/example.ts', load('node:path') + load('./extension')],
    ['src/extension/example.ts', load('../engine/experiment/schema') + load('../webview/protocol/messages')],
    ['src/extension/example.ts', load('../engine/insight/maps/maps') + load('../engine/insight/protocol/frames')],
    ['src/webview/curves/example.ts', load('echarts') + load('../protocol/messages')],
    ['src/webview/curves/example.ts', load('../../engine/insight/maps/maps')],
    ['src/webview/protocol/example.ts', load('../../engine/insight/protocol/frames')],
  ];
  it.each(allowed)('%s may: %j', async (file, code) => {
    expect(await complaints(file, code)).toEqual([]);
  });
});
