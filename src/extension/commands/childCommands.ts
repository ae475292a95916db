import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { fileProblem } from '../../runs/files';
import { fileNames } from '../../runs/layout';
import { Problem } from '../../runs/problem';
import type { ChildNode } from '../tree/runChildren';
import type { RunsTree } from '../tree/runsTree';
import { registerCommands } from './register';
import { revealFolder } from './revealFolder';
import { moveToTrash } from './trash';

/** Commands on the descents and surfaces below the runs: called with nodes of the tree, else for what is selected there. */
export function registerChildCommands(context: vscode.ExtensionContext, tree: RunsTree): void {
  const t = vscode.l10n.t;
  const chosen = (item?: unknown, items?: unknown): ChildNode[] => {
    const given = Array.isArray(items) && items.length > 0 ? items : item === undefined ? tree.view.selection : [item];
    return given.filter(isChild);
  };
  const each = (work: (child: ChildNode) => unknown) => async (item?: unknown, items?: unknown) => {
    for (const child of chosen(item, items)) await work(child);
  };
  context.subscriptions.push(
    tree.view.onDidChangeSelection(({ selection }) => {
      const only = selection.length > 0 && selection.every(isChild);
      void vscode.commands.executeCommand('setContext', 'losscape.childSelected', only);
    }),
  );
  registerCommands(context, {
    'losscape.openChild': each(({ kind, folder }) =>
      vscode.commands.executeCommand(kind === 'descent' ? 'losscape.openDescent' : 'losscape.openSurface', folder),
    ),
    'losscape.stopChild': each((child) => stop(child)),
    'losscape.resumeChild': each(({ kind, folder }) =>
      vscode.commands.executeCommand(kind === 'descent' ? 'losscape.resumeDescent' : 'losscape.resumeSurface', folder),
    ),
    'losscape.revealChildFolder': async (item?: unknown) => {
      const [child] = chosen(item);
      if (child) await revealFolder(child.folder);
    },
    'losscape.copyChildPath': async (item?: unknown, items?: unknown) => {
      const folders = chosen(item, items).map(({ folder }) => folder);
      if (folders.length > 0) await vscode.env.clipboard.writeText(folders.join('\n'));
    },
    'losscape.deleteChild': async (item?: unknown, items?: unknown) => {
      const children = chosen(item, items);
      if (children.length > 0) await deleteChildren(children, tree);
    },
  });

  async function stop({ live, folder }: ChildNode): Promise<void> {
    if (!live) return;
    const file = join(folder, fileNames.stop);
    try {
      // Whoever is at it looks for this file, be it a task of this window, a terminal or another machine.
      await writeFile(file, '');
    } catch (error) {
      throw fileProblem(error, file);
    }
  }

  async function deleteChildren(children: readonly ChildNode[], { children: shown }: RunsTree): Promise<void> {
    const live = children.filter((child) => child.live);
    if (live.length > 0) {
      const names = live.map(({ text }) => `${text.label} (${text.description})`).join(', ');
      throw new Problem(t('{0} is under way: stop it first, then delete it.', names));
    }
    const [first] = children;
    const question =
      children.length > 1
        ? t('Delete these {0} descents and surfaces?', children.length)
        : first!.kind === 'descent'
          ? t('Delete this descent?')
          : t('Delete this loss surface?');
    const detail = children.map(({ text, folder }) => `${text.label} · ${text.description}\n${folder}`).join('\n');
    const trash = t('Move to Trash');
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, trash)) !== trash) return;
    await moveToTrash(
      children.map(({ folder }) => folder),
      (count) => t('{0} of them cannot be moved to the trash: there is none here. Delete them for good?', count),
    );
    await Promise.all(children.map((child) => shown.look(child)));
  }
}

function isChild(node: unknown): node is ChildNode {
  const kind = (node as { kind?: unknown } | null)?.kind;
  return kind === 'descent' || kind === 'surface';
}
