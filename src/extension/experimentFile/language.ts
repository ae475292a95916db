import * as vscode from 'vscode';
import type { RunStore } from '../runs/runStore';
import type { Trainer } from '../tasks/trainer';
import { LossLenses } from './codeLenses';
import { DataCheck } from './dataCheck';
import { ExperimentDiagnostics } from './diagnostics';
import { experimentSelector } from './documents';
import { ExperimentHovers } from './hovers';
import { ExperimentFixes } from './quickFixes';

/** Diagnostics, quick fixes, lenses and hovers of experiment files. */
export function registerLanguage(context: vscode.ExtensionContext, store: RunStore, trainer: Trainer): void {
  const check = new DataCheck(trainer);
  const diagnostics = new ExperimentDiagnostics(check);
  const lenses = new LossLenses(store);
  const { languages } = vscode;
  context.subscriptions.push(
    check,
    diagnostics,
    lenses,
    languages.registerCodeLensProvider(experimentSelector, lenses),
    languages.registerHoverProvider(experimentSelector, new ExperimentHovers(check)),
    languages.registerCodeActionsProvider(
      experimentSelector,
      new ExperimentFixes(diagnostics),
      ExperimentFixes.metadata,
    ),
  );
  completeFromSchema(context);
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
