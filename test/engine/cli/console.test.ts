import { describe, expect, it, vi } from 'vitest';
import { createConsole } from '../../../src/engine/cli/console';
import { width } from '../../../src/engine/cli/textTable';
import type { TrainingEvent } from '../../../src/engine/training/events';
import type { MetricsSummary, RunDocument } from '../../../src/runs/document';

const means = { iou: 0.9123, confidenceBackground: 0.991, confidenceForeground: 0.953 };
const summary: MetricsSummary = { epoch: 2, train: means, test: { ...means, iou: 0.8876 } };

const document: RunDocument = {
  formatVersion: 1,
  id: 'run-1',
  status: 'running',
  kind: 'training',
  experiment: {},
  experimentFile: null,
  experimentName: 'discs',
  loss: { name: 'focal', label: 'focal γ=2', spec: {} },
  dataset: { fingerprint: 'f', train: ['a'], test: ['b'], synthetic: false },
  parameters: 100,
  engine: 'compiled',
  accelerator: { name: 'onnx', provider: 'cpu', threads: 2, reason: '' },
  versions: {},
  seed: 1,
  pid: 1,
  host: 'here',
  started: '2026-01-01T00:00:00.000Z',
  updated: '2026-01-01T00:00:00.000Z',
  finished: null,
  epochsDone: 0,
  epochsTotal: 3,
  stepsDone: 0,
  secondsTraining: 0,
  dataWaitShare: null,
  last: null,
  best: null,
  error: null,
  resumedFrom: [],
};

function step(epoch: number, number: number): TrainingEvent {
  return {
    type: 'step',
    run: 'run-1',
    epoch,
    epochs: 3,
    step: number,
    stepsPerEpoch: 4,
    loss: 0.123456,
    learningRate: 1e-3,
    imagesPerSecond: 18.24,
    etaSeconds: 123,
  };
}

/** Three epochs, of which the second is not evaluated, with a message in between. */
const training: TrainingEvent[] = [
  { type: 'started', folder: '/runs/run-1', document },
  ...[1, 2, 3, 4].map((number) => step(1, number)),
  { type: 'evaluated', run: 'run-1', epoch: 1, train: summary.train, test: summary.test },
  { type: 'checkpoint', run: 'run-1', epoch: 1, file: 'epoch-0001.safetensors' },
  ...[1, 2, 3, 4].map((number) => step(2, number)),
  { type: 'log', run: 'run-1', message: 'a message' },
  ...[1, 2, 3, 4].map((number) => step(3, number)),
  { type: 'evaluated', run: 'run-1', epoch: 3, train: summary.train, test: null },
  {
    type: 'ended',
    run: 'run-1',
    status: 'finished',
    folder: '/runs/run-1',
    document: { ...document, epochsDone: 3, secondsTraining: 61, dataWaitShare: 0.004, last: summary, best: summary },
  },
];

function render(events: readonly TrainingEvent[], options: { json?: boolean; isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  const stream = { columns: options.columns, write: (text: string) => written.push(text) };
  const console = createConsole({ json: options.json ?? false, stream, isTTY: options.isTTY ?? false });
  for (const event of events) console.event(event);
  console.close();
  return written;
}

/** What a terminal shows in the end: control sequences carried out. */
function screen(written: readonly string[]): string[] {
  const lines = [''];
  for (const text of written) {
    for (const part of text.split(/(\r\u001b\[2K|\n)/)) {
      if (part === '\n') lines.push('');
      else if (part.startsWith('\r')) lines[lines.length - 1] = '';
      else lines[lines.length - 1] += part;
    }
  }
  return lines.map((line) => line.replace(/\u001b\[\d+m/g, ''));
}

describe('the console, piped', () => {
  it('prints a plain line per epoch, evaluated or not, and how it ended', () => {
    const text = render(training).join('');
    expect(text).not.toContain('\u001b');
    expect(text.split('\n')).toEqual([
      'focal γ=2  /runs/run-1',
      'focal γ=2  epoch 1/3  loss 0.1235  18.2 images/s  2 min 3 s left  train: IoU 0.912, confidence 0.991/0.953  test: IoU 0.888, confidence 0.991/0.953',
      'a message',
      'focal γ=2  epoch 2/3  loss 0.1235  18.2 images/s  2 min 3 s left',
      'focal γ=2  epoch 3/3  loss 0.1235  18.2 images/s  2 min 3 s left  train: IoU 0.912, confidence 0.991/0.953',
      'focal γ=2  finished after 3 of 3 epochs, 1 min 1 s',
      '  test IoU 0.888 (best 0.888 at epoch 2), confidence background 0.991, foreground 0.953',
      '  waiting for data: 0.4 %',
      '  /runs/run-1',
      '',
    ]);
  });

  it('says that a run failed; why is for the end of the command to say', () => {
    const failed = {
      ...document,
      epochsDone: 1,
      error: { message: 'the loss is NaN', hint: 'Lower the learning rate.' },
    };
    const text = render([
      { type: 'ended', run: 'run-1', status: 'failed', folder: '/runs/run-1', document: failed },
    ]).join('');
    expect(text).toContain('failed after 1 of 3 epochs');
    expect(text).not.toContain('the loss is NaN');
  });

  it('says where a resumed run goes on', () => {
    const resumed = { ...document, epochsDone: 7 };
    expect(render([{ type: 'started', folder: '/runs/run-1', document: resumed }])[0]).toContain(
      'goes on after epoch 7',
    );
  });
});

describe('the console, as JSON', () => {
  it('prints one object a line, each an event as it came', () => {
    const written = render(training, { json: true });
    expect(written).toHaveLength(training.length);
    written.forEach((line, index) => {
      expect(line).toMatch(/^[^\n]*\n$/);
      expect(JSON.parse(line)).toEqual(training[index]);
    });
  });
});

describe('the console, on a terminal', () => {
  it('redraws one line and leaves the summary', () => {
    const shown = screen(render(training, { isTTY: true, columns: 120 }));
    expect(shown).toEqual([
      'focal γ=2  /runs/run-1',
      'a message',
      'focal γ=2  finished after 3 of 3 epochs, 1 min 1 s',
      '  test IoU 0.888 (best 0.888 at epoch 2), confidence background 0.991, foreground 0.953',
      '  waiting for data: 0.4 %',
      '  /runs/run-1',
      '',
    ]);
  });

  it('shows how far it is, the newest loss and the newest test IoU', () => {
    const shown = screen(render(training.slice(0, 8), { isTTY: true, columns: 200 }));
    expect(shown[1]).toBe(
      'focal γ=2  █████████░░░░░░░░░░░░░░░░░░░  epoch 1/3  step 4/4  loss 0.1235  test IoU 0.888  2 min 3 s left  18.2 images/s',
    );
    expect(shown.at(-1)).toBe('');
  });

  it.each([20, 30, 40, 60, 80, 100, 200])('never writes a line wider than a terminal of %i', (columns) => {
    for (const text of render(training.slice(1, 14), { isTTY: true, columns })) {
      for (const line of text.split(/\r\u001b\[2K|\n/))
        if (line !== 'a message') expect(width(line)).toBeLessThan(columns);
    }
  });

  it('drops the rate first and keeps the loss longest', () => {
    const line = (columns: number): string => screen(render(training.slice(0, 6), { isTTY: true, columns }))[1]!;
    expect(line(80)).not.toContain('images/s');
    expect(line(80)).toContain('test IoU');
    expect(line(40)).toContain('loss 0.1235');
    expect(line(40)).not.toContain('left');
  });

  it('is without colours where the user wants none', () => {
    vi.stubEnv('NO_COLOR', '1');
    try {
      const text = render(training, { isTTY: true, columns: 120 }).join('');
      expect(text).not.toMatch(/\u001b\[\d+m/);
    } finally {
      vi.unstubAllEnvs();
    }
    expect(render(training, { isTTY: true, columns: 120 }).join('')).toMatch(/\u001b\[\d+m/);
  });
});
