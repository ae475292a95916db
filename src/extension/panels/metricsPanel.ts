import * as vscode from 'vscode';
import type { EpochDetails, MetricsToHost, MetricsToPanel } from '../../webview/protocol/metrics';
import type { RunStore } from '../runs/runStore';
import { imageValues } from './comparedImages';
import type { Panels } from './panels';
import { predictionsAt, hasCheckpoint, sourceFile } from './runFiles';
import { RunFeed } from './runFeed';
import type { PanelKind } from './runsPanel';
import { saveFile } from './saveFile';

/** The metrics of one run, or of several. */
export function metricsKind(
  store: RunStore,
  folders: readonly string[],
  panels: Pick<Panels, 'openComparison' | 'openHeatmap'>,
): PanelKind<MetricsToPanel, MetricsToHost> {
  const feed = new RunFeed(store, folders, true);
  return {
    name: 'metrics',
    title: metricsTitle(store, folders),
    folders,
    handlers: ({ webview, snapshot }) => ({
      ready: () =>
        snapshot(async () => ({
          runs: (await feed.snapshot()).map(({ data }) => data),
          liveness: store.watching,
        })),
      epoch: ({ folder, epoch }) => epochDetails(store, webview, folder, epoch),
      openImage: ({ folder, epoch, image, what }) => openImage(store, folder, epoch, image, what),
      openRun: async ({ folder, what }) => {
        const commands = {
          folder: 'losscape.revealFolder',
          log: 'losscape.openLog',
          experiment: 'losscape.openExperiment',
        };
        await vscode.commands.executeCommand(commands[what], folder);
      },
      compare: ({ folders: chosen }) => panels.openComparison(chosen),
      openHeatmap: ({ folder, epoch, image }) =>
        panels.openHeatmap([folder], { epoch, ...(image === undefined ? {} : { image: { name: image } }) }),
      save: saveFile,
    }),
    update: async (page, changed) => {
      const updates = await feed.updates(changed);
      page.send('update', { runs: updates.map(({ update }) => update), liveness: store.watching });
    },
  };
}

/** "Metrics: focal γ=2", or "Metrics: 3 runs". */
function metricsTitle(store: RunStore, folders: readonly string[]): string {
  const record = folders.length === 1 ? store.get(folders[0]!) : undefined;
  if (record?.entry.ok) return vscode.l10n.t('Metrics: {0}', record.marks.title ?? record.entry.document.loss.label);
  return folders.length === 1 ? vscode.l10n.t('Metrics') : vscode.l10n.t('Metrics: {0} runs', folders.length);
}

async function epochDetails(
  store: RunStore,
  webview: vscode.Webview,
  folder: string,
  epoch: number,
): Promise<EpochDetails> {
  const { epochs } = await store.metrics(folder);
  const found = epochs.find((one) => one.epoch === epoch);
  const splits = { train: imageValues(found, 'train'), test: imageValues(found, 'test') };
  const images = [...(splits.test?.images ?? []), ...(splits.train?.images ?? [])];
  const predictions = await predictionsAt(folder, epoch, images);
  return {
    folder,
    epoch,
    splits,
    // The newest predictions keep their names from epoch to epoch: without the epoch the page would show old ones.
    predictions: predictions.map(({ image, file }) => ({
      image,
      source: `${webview.asWebviewUri(vscode.Uri.file(file)).toString()}?epoch=${epoch}`,
    })),
    checkpoint: await hasCheckpoint(folder, epoch),
  };
}

/** Opens a prediction, an image or a mask beside the panel. Without a prediction, the image. */
async function openImage(
  store: RunStore,
  folder: string,
  epoch: number,
  image: string,
  what: 'prediction' | 'image' | 'mask',
): Promise<void> {
  const entry = store.get(folder)?.entry;
  const prediction =
    what === 'prediction'
      ? (await predictionsAt(folder, epoch, [image])).find((one) => one.image === image)?.file
      : undefined;
  const source = what === 'mask' ? 'mask' : 'image';
  const file = prediction ?? (entry?.ok ? await sourceFile(entry.document.experiment, image, source) : null);
  if (file === null) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'The {0} of {1} is not where this run found it: its data set is not on this machine, or has moved.',
        source,
        image,
      ),
    );
    return;
  }
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), vscode.ViewColumn.Beside);
}
