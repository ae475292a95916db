import * as vscode from 'vscode';
import type { EffectiveStatus } from '../../runs/document';
import type { EpochMetrics, RunRecord } from '../runs/runData';
import { rowId } from './nodePool';
import { type LiveText, runDescription, runSpoken, runTooltip } from './runText';
import { nameOf } from './sorting';
import type { SparklineColours } from './sparkline';
import { type GroupNode, type Grouping, isLive, type QueuedNode, type RunNode } from './treeModel';

/** Stands for the runs of a group that are not shown yet. */
export interface MoreNode {
  readonly kind: 'more';
  readonly id: string;
  /** Id of the group, or '' at the top. */
  readonly of: string;
  readonly left: number;
}

/** Icon and colour of each status. The icons differ in shape, so that nobody needs the colours. */
const icons: Record<EffectiveStatus | 'unreadable', [icon: string, colour: string]> = {
  running: ['sync~spin', 'charts.blue'],
  queued: ['clock', 'descriptionForeground'],
  finished: ['pass', 'testing.iconPassed'],
  stopped: ['stop-circle', 'charts.yellow'],
  interrupted: ['debug-disconnect', 'charts.orange'],
  failed: ['error', 'testing.iconFailed'],
  unreadable: ['warning', 'problemsWarningIcon.foreground'],
};

/** The icon of a status, in its colour. */
export function statusIcon(status: EffectiveStatus | 'unreadable'): vscode.ThemeIcon {
  const [icon, colour] = icons[status];
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
}

/** @param opens whether something stands below the run. */
export function runItem(
  node: RunNode,
  live: LiveText | undefined,
  grouping: Grouping,
  opens: boolean,
): vscode.TreeItem {
  const { record } = node;
  const { entry, marks, folder } = record;
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(nameOf(record), opens ? Collapsed : None);
  item.id = node.id;
  const experiment = entry.ok && grouping !== 'experiment' ? entry.document.experimentName : '';
  item.description = [runDescription(record, live), experiment].filter((part) => part !== '').join(' · ');
  item.iconPath = statusIcon(entry.ok ? entry.status : 'unreadable');
  item.contextValue = contextOf(record);
  item.accessibilityInformation = { label: runSpoken(record, live), role: 'treeitem' };
  if (entry.ok) {
    const command = { command: 'losscape.openMetrics', title: vscode.l10n.t('Open Metrics'), arguments: [node] };
    item.command = command;
  }
  // A resource would bring the decorations of other extensions; the folder is in the tooltip.
  if (marks.hidden) item.description = `${vscode.l10n.t('hidden')} · ${item.description}`;
  item.tooltip = entry.ok ? undefined : folder;
  return item;
}

/** Words that the menus of package.json look for. */
export function contextOf({ entry, marks }: RunRecord): string {
  const status = entry.ok ? entry.status : 'unreadable';
  const live = entry.ok && (entry.status === 'running' || entry.status === 'queued');
  const words = [
    'run',
    status,
    live ? 'live' : 'ended',
    ...(['stopped', 'interrupted', 'failed'].includes(status) ? ['resumable'] : []),
    ...(entry.ok ? ['readable'] : []),
    marks.star ? 'starred' : 'plain',
    marks.hidden ? 'hidden' : 'visible',
  ];
  return words.join(' ');
}

export function groupItem(node: GroupNode, open: boolean): vscode.TreeItem {
  const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const state = node.children.length === 0 ? None : open ? Expanded : Collapsed;
  const item = new vscode.TreeItem(node.label, state);
  // An empty group is another one to the editor: else it would stay closed when its first run appears.
  item.id = rowId(node);
  const { l10n } = vscode;
  const waiting = node.children.length - node.runs;
  const parts = [
    node.children.length === 0 ? l10n.t('no runs yet') : '',
    node.runs === 1 ? l10n.t('1 run') : node.runs > 1 ? l10n.t('{0} runs', node.runs) : '',
    node.live > 0 ? l10n.t('{0} running', node.live) : '',
    waiting > 0 ? l10n.t('{0} waiting', waiting) : '',
  ];
  item.description = parts.filter((part) => part !== '').join(', ');
  item.iconPath =
    node.status === undefined
      ? new vscode.ThemeIcon(
          { experiment: 'beaker', loss: 'graph-line', date: 'calendar', status: 'circle' }[node.grouping],
        )
      : statusIcon(node.status === 'running' ? 'running' : node.status);
  item.contextValue = node.experimentFile === undefined ? 'group' : 'group experiment';
  item.tooltip = node.experimentFile ?? node.label;
  return item;
}

export function queuedItem({ id, training }: QueuedNode): vscode.TreeItem {
  const item = new vscode.TreeItem(training.label);
  item.id = id;
  item.description =
    training.resume === undefined ? vscode.l10n.t('waiting for its turn') : vscode.l10n.t('waiting to be resumed');
  item.iconPath = statusIcon('queued');
  item.contextValue = 'queued';
  item.tooltip = vscode.l10n.t('It starts when fewer runs are being trained than "losscape.maxConcurrentRuns" allows.');
  return item;
}

export function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('{0} more…', node.left));
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = { command: 'losscape.showMore', title: vscode.l10n.t('Show More'), arguments: [node] };
  item.contextValue = 'more';
  return item;
}

export function tooltipOf(
  record: RunRecord,
  epochs: readonly EpochMetrics[],
  live: LiveText | undefined,
  colours: SparklineColours,
): vscode.MarkdownString {
  return new vscode.MarkdownString(runTooltip(record, epochs, isLive(record) ? live : undefined, colours, new Date()));
}

/** Colours of the small picture in a tooltip, which cannot see the theme: by the kind of the theme. */
export function sparklineColours(): SparklineColours {
  switch (vscode.window.activeColorTheme.kind) {
    case vscode.ColorThemeKind.Light:
      return { line: '#1a5fb4', quiet: '#6e6e6e', text: '#333333' };
    case vscode.ColorThemeKind.HighContrastLight:
      return { line: '#0f4a85', quiet: '#292929', text: '#000000' };
    case vscode.ColorThemeKind.HighContrast:
      return { line: '#3794ff', quiet: '#c8c8c8', text: '#ffffff' };
    case vscode.ColorThemeKind.Dark:
      return { line: '#4aa3ff', quiet: '#9a9a9a', text: '#cccccc' };
  }
}
