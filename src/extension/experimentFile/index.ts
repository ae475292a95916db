import * as vscode from 'vscode';
import { experimentOutline } from '../../engine/experiment/outline';
import type { Panels } from '../panels';
import type { RunStore } from '../runs/runStore';
import type { Trainer } from '../tasks/trainer';
import { t } from '../text';
import { lensCommands, LossLenses } from './codeLenses';
import { DataCheck } from './dataCheck';
import { ExperimentDiagnostics } from './diagnostics';
import { experimentSelector, isExperiment } from './documents';
import { ExperimentHovers } from './hovers';
import { ExperimentFixes } from './quickFixes';

/** Everything that the editor does inside an experiment file. */
export function registerExperimentFile(
  context: vscode.ExtensionContext,
  store: RunStore,
  panels: Panels,
  trainer: Trainer,
): void {
  const check = new DataCheck(trainer);
  const diagnostics = new ExperimentDiagnostics(check);
  const lenses = new LossLenses(store);
  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    check,
    diagnostics,
    lenses,
    vscode.languages.registerCodeLensProvider(experimentSelector, lenses),
    vscode.languages.registerHoverProvider(experimentSelector, new ExperimentHovers(check)),
    vscode.languages.registerCodeActionsProvider(
      experimentSelector,
      new ExperimentFixes(diagnostics),
      ExperimentFixes.metadata,
    ),
    registerCommand(lensCommands.train, (uri: vscode.Uri, names?: string[]) => train(trainer, uri, names)),
    registerCommand(lensCommands.show, (folders: string[]) => panels.openMetrics(folders)),
    registerCommand(lensCommands.compare, (folders: string[]) => panels.openComparison(folders)),
    registerCommand(lensCommands.curve, async (uri: vscode.Uri, index: number) =>
      panels.openCurve(await vscode.workspace.openTextDocument(uri), index),
    ),
    registerCommand('losscape.openCurve', () => openCurveAtCursor(panels)),
  );
  completeFromSchema(context);
}

/** Trains what is on the screen: an experiment file with changes is saved first. */
async function train(trainer: Trainer, uri: vscode.Uri, names: string[] | undefined): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isDirty && !(await document.save())) return;
  await trainer.train(document.uri.fsPath, names);
}

/** The curve of the loss at the cursor, or of the first one. */
function openCurveAtCursor(panels: Panels): void {
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

/** The editor's JSON support completes from our schema, but wakes up for its own languages only. */
function completeFromSchema(context: vscode.ExtensionContext): void {
  const wake = (document: vscode.TextDocument) => {
    const json = vscode.extensions.getExtension('vscode.json-language-features');
    if (json && !json.isActive && document.languageId === 'losscape') void json.activate();
  };
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument(wake));
  vscode.workspace.textDocuments.forEach(wake);
}
