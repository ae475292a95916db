import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrameDecoder, type InspectorAnswer } from '../../../../src/engine/insight/protocol';
import { bundleCommandLine } from '../../commandLine';
import { tinyRun, type TinyRun } from '../tinyRun';

const folder = mkdtempSync(join(tmpdir(), 'losscape-inspect-'));
let bundle: Awaited<ReturnType<typeof bundleCommandLine>>;
let run: TinyRun;

beforeAll(async () => {
  bundle = await bundleCommandLine();
  run = await tinyRun(folder, { training: { epochs: 1 } });
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(bundle.folder, { recursive: true, force: true });
});

describe('losscape inspect', () => {
  it('answers with frames and nothing else on its standard output, and ends with its input', async () => {
    const child = spawn(process.execPath, [bundle.program, 'inspect', '--threads', '1'], {
      env: { ...process.env, NODE_PATH: resolve(import.meta.dirname, '../../../../node_modules') },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const answers: InspectorAnswer[] = [];
    const decoder = new FrameDecoder();
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.stdout.on('data', (chunk: Buffer) => answers.push(...decoder.push(chunk)));
    const image = { name: run.test[0]! };
    const ask = (id: number, method: string, params: object) =>
      child.stdin.write(`${JSON.stringify({ id, method, params: { run: run.folder, ...params } })}\n`);
    ask(1, 'image', { image });
    ask(2, 'margin', { image, epoch: 'last' });
    ask(3, 'margin', { image: { name: 'nobody' }, epoch: 1 });
    ask(4, 'layers', {});
    while (answers.length < 4 && child.exitCode === null) await new Promise((done) => setTimeout(done, 20));
    child.stdin.end();
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, pending: decoder.pending }).toEqual({ code: 0, pending: false });
    expect(complaints).toContain('Looking with');
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    expect(
      [...byId]
        .filter(([, { ok }]) => ok)
        .map(([id]) => id)
        .sort(),
    ).toEqual([1, 2, 4]);
    expect(byId.get(3)).toMatchObject({ ok: false, error: { message: expect.stringContaining('nobody') as unknown } });
    const margin = byId.get(2)!;
    if (!margin.ok) throw new Error(margin.error.message);
    expect(margin.result).toMatchObject({ epoch: 1, note: null });
    expect((margin.arrays.margin!.values as Float32Array).every(Number.isFinite)).toBe(true);
  }, 60_000);
});
