import type { CurvatureDocument } from '../../../src/runs/curvatureDocument';

/** The document of a finished measurement. */
export function curvatureDocument(patch: Partial<CurvatureDocument> = {}): CurvatureDocument {
  const now = new Date().toISOString();
  return {
    formatVersion: 1,
    kind: 'curvature',
    id: 'epoch-0012-focal-2',
    status: 'finished',
    checkpoint: { run: 'run-1', epoch: 12, loss: 'focal γ=2' },
    loss: { name: 'focal-2', label: 'focal γ=2', spec: { type: 'focal' }, variant: 'reported' },
    images: { split: 'train', names: ['one', 'two'], available: 8, seed: 3, region: 'whole', digest: 'd' },
    parameters: 1000,
    settings: { top: 2, probes: 4, spectrumProbes: 1, spectrumSteps: 30, layers: true, seed: 3 },
    gradientNorm: 0.1,
    eigenvalues: {
      largest: [{ value: 12, residual: 0.01 }],
      smallest: { value: -0.5, residual: 0.01 },
      products: 27,
      converged: true,
      vectors: 'epoch-0012-focal-2.vectors.safetensors',
    },
    traceProbes: [{ 'encoder.0.conv1': 3, head: 1 }],
    trace: { mean: 4, standardError: null },
    layers: {
      'encoder.0.conv1': { trace: { mean: 3, standardError: null }, largest: null },
      head: { trace: { mean: 1, standardError: null }, largest: { value: 0.5, residual: 0.001 } },
    },
    spectrumProbes: [],
    spectrum: null,
    progress: null,
    secondsMeasuring: 5,
    accelerator: { name: 'onnx', provider: 'cpu', threads: 2, reason: '' },
    versions: {},
    pid: 1,
    host: 'elsewhere',
    created: now,
    updated: now,
    finished: now,
    ...patch,
  };
}
