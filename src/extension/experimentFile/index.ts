import * as vscode from 'vscode';
import type { Panels } from '../panels';
import type { RunStore } from '../runs/runStore';
import type { Trainer } from '../tasks/trainer';
import { t } from '../text';
import { isExperiment } from './documents';
import { lensCommands } from './lensCommands';

/**
 * Everything that the editor does inside an experiment file. What understands the file is loaded with the first one that is
 * opened: activation has no time for it.
 */
export function registerExperimentFile(
  context: vscode.ExtensionContext,
  store: RunStore,
  panels: Panels,
  trainer: Trainer,
): void {
  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    registerCommand(lensCommands.train, (uri: vscode.Uri, names?: string[]) => train(trainer, uri, names)),
    registerCommand(lensCommands.show, (folders: string[]) => panels.openMetrics(folders)),
    registerCommand(lensCommands.compare, (folders: string[]) => panels.openComparison(folders)),
    registerCommand(lensCommands.curve, async (uri: vscode.Uri, index: number) =>
      panels.openCurve(await vscode.workspace.openTextDocument(uri), index),
    ),
    registerCommand('losscape.openCurve', () => openCurveAtCursor(panels)),
  );
  let loaded = false;
  const load = async (document: vscode.TextDocument): Promise<void> => {
    if (loaded || !isExperiment(document)) return;
    loaded = true;
    const { registerLanguage } = await import('./language');
    registerLanguage(context, store, trainer);
  };
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument((document) => void load(document)));
  // After activation, whose time the editor measures.
  setImmediate(() => vscode.workspace.textDocuments.forEach((document) => void load(document)));
}

/** Trains what is on the screen: an experiment file with changes is saved first. */
async function train(trainer: Trainer, uri: vscode.Uri, names: string[] | undefined): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isDirty && !(await document.save())) return;
  await trainer.train(document.uri.fsPath, names);
}

/** The curve of the loss at the cursor, or of the first one. */
async function openCurveAtCursor(panels: Panels): Promise<void> {
  const { experimentOutline } = await import('../../engine/experiment/outline');
  const editor = vscode.window.activeTextEditor;
  const losses = editor && isExperiment(editor.document) ? experimentOutline(editor.document.getText()).losses : [];
  if (!editor || losses.length === 0) {
    void vscode.window.showInformationMessage(t('Open an experiment file (*.losscape.json) with losses first.'));
    return;
  }
  const at = editor.document.offsetAt(editor.selection.active);
  const loss = losses.find(({ offset, length }) => at >= offset && at <= offset + length) ?? losses[0]!;
  panels.openCurve(editor.document, loss.index);
}
