import { betterSummary, type MetricsRow, metricsSummary } from '../../runs/metricsTable';
import type { RunWriter } from '../../runs/runWriter';
import type { Evaluator, Prediction } from './evaluate';
import type { TrainingEvent } from './events';
import type { PreparedDataset } from './prepare';
import { sampleCount, writeSamplePredictions } from './samplePredictions';

/** What is measured after an epoch. */
export interface EpochToMeasure {
  readonly epoch: number;
  readonly weights: Record<string, Float32Array>;
  readonly images: Pick<PreparedDataset['inspection'], 'train' | 'test'>;
  readonly emit: (event: TrainingEvent) => void;
}

/** Measures the network on all images, and writes down what came of it: rows, summaries, pictures of a few predictions. */
export async function measureEpoch(
  writer: RunWriter,
  evaluator: Evaluator,
  { epoch, weights, images: { train, test }, emit }: EpochToMeasure,
): Promise<void> {
  const shown: Prediction[] = [];
  const keep = (prediction: Prediction): Promise<void> => {
    if (shown.length < sampleCount) shown.push(prediction);
    return Promise.resolve();
  };
  const rows: MetricsRow[] = [
    ...(await evaluator.evaluate(weights, epoch, 'train', train, test.length === 0 ? keep : undefined)),
    ...(await evaluator.evaluate(weights, epoch, 'test', test, keep)),
  ];
  await writer.appendMetrics(rows);
  await writeSamplePredictions(writer.folder, epoch, shown);
  const last = metricsSummary(epoch, rows);
  await writer.update({ last, best: betterSummary(writer.document.best, last) });
  emit({ type: 'evaluated', run: writer.document.id, epoch, train: last.train, test: last.test });
  const means = last.test ?? last.train;
  await writer.log(
    `${new Date().toISOString()} Epoch ${epoch}: ${last.test ? 'test' : 'train'} loss ${means?.loss?.toPrecision(4)}, ` +
      `IoU ${means?.iou?.toFixed(4)}, confidence foreground ${means?.confidenceForeground?.toFixed(4)}, ` +
      `background ${means?.confidenceBackground?.toFixed(4)}`,
  );
}
