import * as vscode from 'vscode';
import type { ComparisonToHost, ComparisonToPanel } from '../../webview/protocol/comparison';
import type { RunStore } from '../runs/runStore';
import { comparedImages } from './comparedImages';
import { RunFeed } from './runFeed';
import type { PanelKind } from './runsPanel';
import { saveFile } from './saveFile';

/** Several runs held against each other. */
export function comparisonKind(
  store: RunStore,
  folders: readonly string[],
  openMetrics: (folders: readonly string[]) => void,
): PanelKind<ComparisonToPanel, ComparisonToHost> {
  const feed = new RunFeed(store, folders, false);
  return {
    name: 'comparison',
    title: vscode.l10n.t('Comparison: {0} runs', folders.length),
    folders,
    handlers: ({ snapshot }) => ({
      ready: () =>
        snapshot(async () => ({
          runs: (await feed.snapshot()).map(({ data, metrics }) => ({ ...data, images: comparedImages(metrics) })),
          liveness: store.watching,
        })),
      openMetrics: ({ folders: chosen }) => openMetrics(chosen),
      diff: async ({ before, after }) => {
        await vscode.commands.executeCommand('losscape.diffConfigurations', [before, after]);
      },
      save: saveFile,
    }),
    update: async (page, changed) => {
      const updates = await feed.updates(changed);
      page.send('update', {
        runs: updates.map(({ update, before, metrics }) => ({
          ...update,
          // The epochs are the same array as long as nothing was measured.
          ...(before.epochs === metrics.epochs ? {} : { images: comparedImages(metrics) }),
        })),
        liveness: store.watching,
      });
    },
  };
}
