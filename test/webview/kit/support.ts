import type { NamedRun } from '../../../src/webview/kit/curves';
import { emptyFrame, type Frame } from '../../../src/webview/protocol/frame';
import type { RunInfo } from '../../../src/webview/protocol/run';

export function frame(columns: Record<string, readonly number[]>): Frame {
  const entries = Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)] as const);
  return { rows: entries[0]?.[1].length ?? 0, columns: Object.fromEntries(entries) };
}

export function info(folder: string, more: Partial<RunInfo> = {}): RunInfo {
  return {
    folder,
    id: folder,
    title: null,
    loss: folder,
    experiment: 'discs',
    status: 'finished',
    problem: null,
    started: null,
    epochsDone: 3,
    epochsTotal: 3,
    images: { train: 4, test: 4 },
    synthetic: false,
    configuration: { loss: { type: 'crossEntropy' } },
    ...more,
  };
}

/** A run with IoU and loss over the epochs 1, 2, 3 … of the test split. */
export function namedRun(name: string, place: number, iou: readonly number[], more: Partial<RunInfo> = {}): NamedRun {
  const epochs = iou.map((_, index) => index + 1);
  const test = frame({
    epoch: epochs,
    step: epochs.map((epoch) => 10 * epoch),
    seconds: epochs.map((epoch) => 60 * epoch),
    'mean/iou': iou,
    'error/iou': iou.map(() => 0.01),
    'n/iou': iou.map(() => 5),
    'mean/loss': iou.map((value) => 1 - value),
    'error/loss': iou.map(() => 0.01),
    'n/loss': iou.map(() => 5),
  });
  return {
    name,
    place,
    info: info(name, more),
    series: { train: emptyFrame, test, layers: emptyFrame, steps: emptyFrame },
  };
}
