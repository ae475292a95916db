import * as vscode from 'vscode';
import { type Fix, fixesFor } from '../../engine/experiment/fixes';
import { t } from '../text';
import type { ExperimentDiagnostics } from './diagnostics';
import { rangeOf } from './documents';

/** Changes that put a problem of the experiment file right. */
export class ExperimentFixes implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
  };

  constructor(private readonly diagnostics: ExperimentDiagnostics) {}

  provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return context.diagnostics.flatMap((diagnostic) => {
      const subject = this.diagnostics.subjectOf(document.uri, diagnostic);
      if (!subject) return [];
      return fixesFor(document.getText(), subject).map((fix, i) => asAction(document, diagnostic, fix, i === 0));
    });
  }
}

function asAction(
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
  fix: Fix,
  preferred: boolean,
): vscode.CodeAction {
  const action = new vscode.CodeAction(fixTitle(fix), vscode.CodeActionKind.QuickFix);
  action.edit = new vscode.WorkspaceEdit();
  for (const edit of fix.edits) action.edit.replace(document.uri, rangeOf(document, edit), edit.content);
  action.diagnostics = [diagnostic];
  action.isPreferred = preferred;
  return action;
}

function fixTitle({ kind, key, value }: Fix): string {
  const shown = JSON.stringify(value)?.replace(/,/g, ', ') ?? '';
  switch (kind) {
    case 'rename':
      return t('Change "{0}" to {1}', key, shown);
    case 'remove':
      return t('Remove "{0}"', key);
    case 'insert':
      return t('Insert "{0}": {1}', key, shown);
    case 'set':
      return t('Set "{0}" to {1}', key, shown);
  }
}
