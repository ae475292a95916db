import type { CurvatureInfo } from '../../../src/webview/protocol/curvature';

/** A finished measurement of a network of 1,000 weights with two layers. */
export function measurement(patch: Partial<CurvatureInfo> = {}): CurvatureInfo {
  const run = patch.run ?? 'run-1';
  const epoch = patch.epoch ?? 10;
  return {
    file: `/runs/${run}/curvature/epoch-${epoch}-${patch.loss?.name ?? 'dice'}.json`,
    run,
    trained: 'dice',
    epoch,
    loss: { name: 'dice', label: 'dice', variant: 'reported' },
    images: { split: 'train', count: 8, available: 40, region: 'whole', digest: 'd' },
    parameters: 1000,
    status: 'finished',
    settings: { top: 2, probes: 10, spectrumProbes: 2, spectrumSteps: 30, layers: true },
    progress: null,
    gradientNorm: 0.02,
    eigenvalues: {
      largest: [
        { value: 12, residual: 0.01 },
        { value: 3, residual: 0.02 },
      ],
      smallest: { value: -0.5, residual: 0.001 },
      products: 27,
      converged: true,
    },
    trace: { mean: 40, standardError: 2 },
    layers: [
      { name: 'encoder.0.conv1', trace: { mean: 30, standardError: 1.5 }, largest: { value: 9, residual: 0.01 } },
      { name: 'head', trace: { mean: 10, standardError: 0.5 }, largest: null },
    ],
    spectrum: { sigma: 0.1, values: [-1, 0, 6, 13], density: [0, 3.5, 1e-300, 0.004] },
    seconds: 12,
    machine: 'onnx (cpu), threads: 2',
    created: '2026-01-02T03:04:05.000Z',
    ...patch,
  };
}
