import * as vscode from 'vscode';
import type { HeatmapTarget, ImageReference, SurfacePoint } from '../../webview/protocol/heatmap';
import type { NetworkTarget } from '../../webview/protocol/network';
import { chooseRuns, hasWeights } from '../commands/chooseRuns';
import type { Inspector } from '../inspector/inspector';
import type { RunRecord, RunStore } from '../runs/runStore';
import { columnBeside } from './columnBeside';
import type { CurveSubject } from './curvePanel';
import type { Panels } from './panels';
import { panelIcon, PanelSet, rememberedFolder, rememberedFolders } from './panelSet';
import { type HeatmapSubject, rememberedSubject, SurfacePoints } from './surfacePoints';

export type { Panels };

/** Lets panels be opened, and come back after a reload with what they were about. The code of each is loaded with the first. */
export function registerPanels(context: vscode.ExtensionContext, store: RunStore, inspector: Inspector): Panels {
  const t = vscode.l10n.t;
  const { extensionUri } = context;
  const dress = { title: t('Losscape'), icon: panelIcon(extensionUri) };

  const metrics = new PanelSet<readonly string[], null>({
    ...dress,
    viewType: 'losscape.metrics',
    remembered: rememberedFolders,
    open: async (view, folders) => {
      const [{ RunsPanel }, { metricsKind }] = await Promise.all([import('./runsPanel'), import('./metricsPanel')]);
      return new RunsPanel(view, extensionUri, store, metricsKind(store, folders, panels));
    },
  });
  const comparisons = new PanelSet<readonly string[], null>({
    ...dress,
    viewType: 'losscape.comparison',
    remembered: rememberedFolders,
    open: async (view, folders) => {
      const [{ RunsPanel }, { comparisonKind }] = await Promise.all([
        import('./runsPanel'),
        import('./comparisonPanel'),
      ]);
      const openMetrics = (chosen: readonly string[]): void => panels.openMetrics(chosen);
      return new RunsPanel(view, extensionUri, store, comparisonKind(store, folders, openMetrics));
    },
  });
  const curves = new PanelSet<CurveSubject, null>({
    viewType: 'losscape.curve',
    title: t('Loss curve'),
    column: vscode.ViewColumn.Beside,
    remembered: rememberedLoss,
    open: async (view, subject) => {
      const { CurvePanel } = await import('./curvePanel');
      const chooseRun = async (): Promise<string | undefined> => {
        const title = t('Run whose pixels are laid under the curves');
        return (await chooseRuns(store, [], [], { title, fits: hasWeights, many: false }))[0]?.folder;
      };
      const openHeatmap = (folder: string, target: HeatmapTarget): void => panels.openHeatmap([folder], target);
      return new CurvePanel(view, { extensionUri, store, inspector, chooseRun, openHeatmap }, subject);
    },
  });
  const points = new SurfacePoints();
  const heatmaps = new PanelSet<HeatmapSubject, HeatmapTarget>({
    ...dress,
    viewType: 'losscape.heatmap',
    // A point is dragged in its surface's panel: that one has to stay in sight.
    column: (subject) => (subject.points.length > 0 ? vscode.ViewColumn.Beside : columnBeside()),
    remembered: rememberedSubject,
    open: async (view, subject, target) => {
      const { HeatmapPanel } = await import('./heatmapPanel');
      const chooseOthers = async (but: readonly string[]): Promise<readonly string[]> => {
        const title = t('Runs to look into beside these');
        const fits = ({ entry, folder }: RunRecord) => entry.ok && !but.includes(folder);
        return (await chooseRuns(store, [], [], { title, fits })).map(({ folder }) => folder);
      };
      const parts = { extensionUri, store, inspector, chooseRuns: chooseOthers, points };
      return new HeatmapPanel(view, parts, subject, target);
    },
  });
  const networks = new PanelSet<string, NetworkTarget>({
    ...dress,
    viewType: 'losscape.network',
    remembered: rememberedFolder,
    open: async (view, folder, target) => {
      const { NetworkPanel } = await import('./networkPanel');
      return new NetworkPanel(view, { extensionUri, store, inspector }, folder, target);
    },
  });
  const surfaces = new PanelSet<string, readonly string[]>({
    ...dress,
    viewType: 'losscape.surface',
    title: t('Loss surface'),
    remembered: rememberedFolder,
    open: async (view, folder, runFolders) => {
      const { SurfacePanel } = await import('./surfacePanel');
      const openHeatmap = (point: SurfacePoint, image: ImageReference): void =>
        heatmaps.show({ folders: [point.surface], points: [point] }, { image, run: point.surface });
      return new SurfacePanel(view, { extensionUri, store, inspector, points, openHeatmap }, folder, runFolders ?? []);
    },
  });
  const curvatures = new PanelSet<readonly string[], null>({
    ...dress,
    viewType: 'losscape.curvature',
    title: t('Curvature'),
    remembered: rememberedFolders,
    open: async (view, folders) => {
      const { CurvaturePanel } = await import('./curvaturePanel');
      return new CurvaturePanel(view, extensionUri, store, folders);
    },
  });
  context.subscriptions.push(points, metrics, comparisons, curves, heatmaps, networks, surfaces, curvatures);

  /** Shows something of runs, each named once; nothing when there are none. */
  const ofRuns = <Target>(
    set: PanelSet<readonly string[], Target>,
    chosen: readonly string[],
    target: Target,
    preserveFocus?: boolean,
  ): void => {
    const folders = [...new Set(chosen)];
    if (folders.length > 0) set.show(folders, target, preserveFocus);
  };
  const panels: Panels = {
    openMetrics: (folders, options) => ofRuns(metrics, folders, null, options?.preserveFocus),
    openComparison: (folders) => ofRuns(comparisons, folders, null),
    openCurve: ({ uri }, index) => curves.show({ uri, index }, null, true),
    openHeatmap: (chosen, target = {}) => {
      const folders = [...new Set(chosen)];
      if (folders.length > 0) heatmaps.show({ folders, points: [] }, target);
    },
    openNetwork: (folder, target = {}) => networks.show(folder, target),
    openSurface: (folder, runFolders = []) => surfaces.show(folder, runFolders),
    openCurvature: (folders) => ofRuns(curvatures, folders, null),
  };
  return panels;
}

/** The loss that the page of curves has remembered. */
function rememberedLoss(state: unknown): CurveSubject | null {
  const { uri, index } = (state ?? {}) as { uri?: unknown; index?: unknown };
  if (typeof uri !== 'string' || uri === '' || typeof index !== 'number') return null;
  return { uri: vscode.Uri.parse(uri), index };
}
