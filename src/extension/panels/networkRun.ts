import type { NetworkRun } from '../../webview/protocol/network';
import { runVersion } from '../inspector/inspectedRun';
import type { RunRecord } from '../runs/runStore';
import { checkpointEpochs } from './heatmapRuns';
import { runInfo } from './runSeries';

/** The run of a panel as its page takes it; null when it is gone or cannot be read. */
export async function networkRun(record: RunRecord | undefined): Promise<NetworkRun | null> {
  if (!record?.entry.ok) return null;
  const { document } = record.entry;
  const model = (document.experiment as { model?: { padding?: unknown } } | null)?.model;
  return {
    info: runInfo(record, []),
    epochs: await checkpointEpochs(record.folder),
    images: { train: document.dataset.train, test: document.dataset.test },
    padding: model?.padding === 'valid' ? 'valid' : 'same',
    version: runVersion(document),
  };
}
