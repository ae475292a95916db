import type { HeatmapLoss, HeatmapRun } from '../../../src/webview/protocol/heatmap';
import { info } from '../kit/support';

export const crossEntropy: HeatmapLoss = { key: 'ce', label: 'cross-entropy', spec: { type: 'crossEntropy' } };
export const focal: HeatmapLoss = { key: 'focal', label: 'focal γ=2', spec: { type: 'focal', gamma: 2 } };

export function heatmapRun(folder: string, more: Partial<HeatmapRun> = {}): HeatmapRun {
  return {
    info: info(folder),
    point: null,
    epochs: [0, 2, 4],
    images: { train: ['a', 'b'], test: ['c'] },
    losses: [crossEntropy, focal],
    trainedWith: 'focal',
    version: '1',
    ...more,
  };
}
