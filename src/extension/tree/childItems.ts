import * as vscode from 'vscode';
import { statusIcon } from './items';
import type { ChildNode, LeftoverNode } from './runChildren';
import { statusLabel } from './treeModel';

/** The row of a descent or of a surface. */
export function childItem(node: ChildNode): vscode.TreeItem {
  const { kind, id, text } = node;
  const item = new vscode.TreeItem(text.label);
  item.id = id;
  item.description = text.description;
  // What it is shows in its words; whether it goes on, in its icon.
  item.iconPath =
    text.status === 'finished'
      ? new vscode.ThemeIcon(kind === 'descent' ? 'arrow-down' : 'layers')
      : statusIcon(text.status);
  item.contextValue = contextOfChild(node);
  item.tooltip = new vscode.MarkdownString(text.tooltip);
  item.command = { command: 'losscape.openChild', title: vscode.l10n.t('Open'), arguments: [node] };
  const spoken = [text.label, statusLabel(text.status), text.description];
  item.accessibilityInformation = { label: spoken.join(', '), role: 'treeitem' };
  return item;
}

/** Words that the menus of package.json look for. */
export function contextOfChild({ kind, live, text: { status } }: ChildNode): string {
  const resumable = ['stopped', 'interrupted', 'failed'].includes(status);
  return ['child', kind, status, live ? 'live' : 'ended', ...(resumable ? ['resumable'] : [])].join(' ');
}

/** The row above descents whose run is gone. */
export function leftoverItem({ id, count }: LeftoverNode): vscode.TreeItem {
  const item = new vscode.TreeItem(
    vscode.l10n.t('Descents without their run'),
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = id;
  item.description = String(count);
  item.iconPath = new vscode.ThemeIcon('question');
  item.contextValue = 'leftover';
  item.tooltip = vscode.l10n.t('The runs that these descents began with are not in the runs folders any more.');
  return item;
}
