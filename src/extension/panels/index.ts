import * as vscode from 'vscode';
import type { HeatmapTarget } from '../../webview/protocol/heatmap';
import type { NetworkTarget } from '../../webview/protocol/network';
import { chooseRuns } from '../commands/chooseRuns';
import type { Inspector } from '../inspector/inspector';
import type { RunRecord, RunStore } from '../runs/runStore';
import { comparisonKind } from './comparisonPanel';
import { CurvePanels } from './curvePanel';
import { HeatmapPanels } from './heatmapPanel';
import { panelOptions } from './html';
import { metricsKind } from './metricsPanel';
import { NetworkPanels } from './networkPanel';
import { RunsPanel } from './runsPanel';
import { SurfacePanels } from './surfacePanel';

/** Opens the panels. */
export interface Panels {
  /** The metrics of one run, or of several in the same charts. */
  openMetrics(folders: readonly string[], options?: { preserveFocus?: boolean }): void;
  /** Runs held against each other, beside the code. */
  openComparison(folders: readonly string[]): void;
  /** Loss and gradient of one entry of an experiment file's `losses`. */
  openCurve(document: vscode.TextDocument, lossIndex: number): void;
  /** Maps of what the networks of runs make of one image. */
  openHeatmap(folders: readonly string[], target?: HeatmapTarget): void;
  /** The layers of a run's network: what they answer to an image, what they look for, how they learnt. */
  openNetwork(folder: string, target?: NetworkTarget): void;
  /** A loss surface; `runFolders` are runs whose surfaces can be chosen beside it. */
  openSurface(folder: string, runFolders?: readonly string[]): void;
}

const viewTypes = { metrics: 'losscape.metrics', comparison: 'losscape.comparison' } as const;

type Kind = keyof typeof viewTypes;

/** Lets panels be opened, and come back after a reload with what they were about. */
export function registerPanels(context: vscode.ExtensionContext, store: RunStore, inspector: Inspector): Panels {
  const open = new Map<string, vscode.WebviewPanel>();
  const curve = new CurvePanels({
    extensionUri: context.extensionUri,
    store,
    inspector,
    chooseRun: async () => {
      const title = vscode.l10n.t('Run whose pixels are laid under the curves');
      const fits = ({ entry }: RunRecord) => entry.ok && entry.document.epochsDone > 0;
      return (await chooseRuns(store, [], [], { title, fits, many: false }))[0]?.folder;
    },
    openHeatmap: (folder, target) => panels.openHeatmap([folder], target),
  });
  const heatmaps = new HeatmapPanels(context, store, inspector, async (but) => {
    const title = vscode.l10n.t('Runs to look into beside these');
    const fits = ({ entry, folder }: RunRecord) => entry.ok && !but.includes(folder);
    return (await chooseRuns(store, [], [], { title, fits })).map(({ folder }) => folder);
  });
  const surfaces = new SurfacePanels(context, store, inspector);
  const networks = new NetworkPanels(context, store, inspector);
  context.subscriptions.push(networks, curve, heatmaps, surfaces);

  const panels: Panels = {
    openMetrics: (folders, options) => show('metrics', folders, options?.preserveFocus ?? false),
    openComparison: (folders) => show('comparison', folders, false),
    openCurve: (document, lossIndex) => curve.open(document, lossIndex),
    openHeatmap: (folders, target) => heatmaps.show(folders, target),
    openNetwork: (folder, target) => networks.show(folder, target),
    openSurface: (folder, runFolders) => surfaces.show(folder, runFolders),
  };

  /** The same runs are shown once per kind of panel, in whatever order they were chosen. */
  const keyOf = (kind: Kind, folders: readonly string[]): string => JSON.stringify([kind, ...[...folders].sort()]);

  const fill = (kind: Kind, panel: vscode.WebviewPanel, folders: readonly string[]): void => {
    const key = keyOf(kind, folders);
    open.set(key, panel);
    const closed = (): void => {
      if (open.get(key) === panel) open.delete(key);
    };
    if (kind === 'metrics') {
      new RunsPanel(panel, context, store, metricsKind(store, folders, panels), closed);
    } else {
      new RunsPanel(
        panel,
        context,
        store,
        comparisonKind(store, folders, (chosen) => panels.openMetrics(chosen)),
        closed,
      );
    }
  };

  const show = (kind: Kind, chosen: readonly string[], preserveFocus: boolean): void => {
    const folders = [...new Set(chosen)];
    if (folders.length === 0) return;
    const known = open.get(keyOf(kind, folders));
    if (known) {
      known.reveal(undefined, preserveFocus);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      viewTypes[kind],
      vscode.l10n.t('Losscape'),
      { viewColumn: columnBeside(), preserveFocus },
      panelOptions(context.extensionUri, folders),
    );
    fill(kind, panel, folders);
  };

  for (const kind of Object.keys(viewTypes) as Kind[]) {
    context.subscriptions.push(
      vscode.window.registerWebviewPanelSerializer(viewTypes[kind], {
        deserializeWebviewPanel: (panel: vscode.WebviewPanel, state: unknown) => {
          const folders = foldersOf(state);
          // A panel that was closed down before its page could say what it is about.
          if (folders.length === 0) panel.dispose();
          else fill(kind, panel, folders);
          return Promise.resolve();
        },
      }),
    );
  }
  return panels;
}

/** Beside the code when there is code, else in the same place. */
function columnBeside(): vscode.ViewColumn {
  return vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
}

/** The runs that a panel's page has remembered. */
function foldersOf(state: unknown): string[] {
  const folders = (state as { folders?: unknown } | null | undefined)?.folders;
  return Array.isArray(folders) ? folders.filter((folder): folder is string => typeof folder === 'string') : [];
}
