import { PassThrough, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { InspectorContext } from '../../../../src/engine/insight/inspector/context';
import type { Handlers } from '../../../../src/engine/insight/inspector/handler';
import { serve } from '../../../../src/engine/insight/inspector/server';
import { FrameDecoder, type InspectorAnswer } from '../../../../src/engine/insight/protocol';
import { Problem } from '../../../../src/runs/problem';

const layer = { name: 'head', kind: 'convolution', channels: 2, relu: false, stride: 1, parameters: 4 } as const;

/** A server with the given handlers, and what it has answered so far. */
function start(handlers: Handlers, options: { idleMilliseconds?: number; slow?: boolean } = {}) {
  const input = new PassThrough();
  const answers: InspectorAnswer[] = [];
  const logged: string[] = [];
  const decoder = new FrameDecoder();
  const output = new Writable({
    highWaterMark: options.slow ? 1 : 16384,
    write(chunk: Buffer, _, done) {
      answers.push(...decoder.push(chunk));
      if (options.slow) setTimeout(done, 1);
      else done();
    },
  });
  const context = new InspectorContext(() => Promise.reject(new Error('nothing is computed here')));
  const ended = serve({ input, output, log: (text) => logged.push(text), handlers, context, ...options });
  return { input, output, answers, logged, ended, ask: (line: unknown) => input.write(`${JSON.stringify(line)}\n`) };
}

const layersHandler: Handlers['layers'] = () => Promise.resolve({ result: { layers: [layer] }, arrays: {} });

describe('the inspector', () => {
  it('answers every question, with arrays, at the pace of a slow reader, and ends with its input', async () => {
    const values = Float32Array.from({ length: 6 }, (_, i) => i);
    const { input, answers, ended, ask } = start(
      {
        layers: layersHandler,
        margin: () =>
          Promise.resolve({
            result: { epoch: 1, note: null, top: 0, left: 0, height: 2, width: 3 },
            arrays: { margin: { shape: [2, 3], values } },
          }),
      },
      { slow: true },
    );
    for (let id = 1; id <= 20; id++) ask({ id, method: id % 2 === 0 ? 'margin' : 'layers', params: { run: '/r' } });
    input.end();
    await ended;
    expect(answers.map(({ id }) => id).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(answers.find(({ id }) => id === 2)).toMatchObject({
      ok: true,
      arrays: { margin: { shape: [2, 3], values } },
    });
  });

  it('says what is wrong, and goes on', async () => {
    const place = { file: '/a/b' };
    const { input, answers, logged, ended, ask } = start({
      layers: layersHandler,
      margin: () => Promise.reject(new Problem('no such run', { hint: 'Choose another.', place })),
      image: () => Promise.reject(new TypeError('a defect')),
      visualise: () => Promise.reject(new RangeError('Array buffer allocation failed')),
    });
    input.write('not JSON\n\n');
    ask({ method: 'layers', params: {} });
    ask({ id: 1, method: 'margin', params: {} });
    ask({ id: 2, method: 'image', params: {} });
    ask({ id: 3, method: 'toString', params: {} });
    ask({ id: 4, method: 'visualise', params: {} });
    ask({ id: 5, method: 'layers', params: {} });
    input.end();
    await ended;
    const errors = new Map(answers.flatMap((answer) => (answer.ok ? [] : [[answer.id, answer.error] as const])));
    expect(answers.filter(({ id }) => id === 0)).toHaveLength(2);
    expect(errors.get(1)).toEqual({ message: 'no such run', hint: 'Choose another.', file: '/a/b' });
    expect(errors.get(2)).toEqual({ message: 'a defect' });
    expect(errors.get(3)!.message).toContain('no method "toString"');
    expect(errors.get(4)!.message).toContain('not enough memory');
    expect(answers.find(({ id }) => id === 5)).toMatchObject({ ok: true, result: { layers: [layer] } });
    // Only a defect of this program is logged.
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('TypeError: a defect');
  });

  it('gives up what is cancelled, and what is open when its input ends', async () => {
    const signals: AbortSignal[] = [];
    const { input, answers, ended, ask } = start({
      margin: (_, __, signal) => {
        signals.push(signal);
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      },
    });
    ask({ id: 1, method: 'margin', params: {} });
    ask({ id: 2, method: 'margin', params: {} });
    ask({ method: 'cancel', params: { id: 1 } });
    ask({ method: 'cancel', params: { id: 77 } });
    while (answers.length === 0) await turn();
    expect(answers).toEqual([{ id: 1, ok: false, error: { message: 'cancelled', cancelled: true } }]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    input.end();
    await ended;
    expect(signals[1]!.aborted).toBe(true);
  });

  it('ends when nothing has been asked for a while, not while it works', async () => {
    let finish: (() => void) | undefined;
    const { answers, ended, ask } = start(
      {
        layers: () => new Promise((resolve) => (finish = () => resolve({ result: { layers: [] }, arrays: {} }))),
      },
      { idleMilliseconds: 30 },
    );
    ask({ id: 1, method: 'layers', params: {} });
    let over = false;
    void ended.then(() => (over = true));
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(over).toBe(false);
    finish!();
    await ended;
    expect(answers).toHaveLength(1);
  });

  it('ends when nobody reads any more', async () => {
    const { output, ended, ask } = start({ layers: layersHandler });
    output.destroy(new Error('EPIPE'));
    ask({ id: 1, method: 'layers', params: {} });
    await ended;
  });
});
