import * as vscode from 'vscode';
import type { Span } from '../../engine/experiment/outline';

/** Experiment files, whatever language they are shown in. */
export const experimentSelector: vscode.DocumentSelector = [
  { language: 'losscape' },
  { pattern: '**/*.losscape.json' },
];

/** Whether a document is an experiment file. Old versions shown in a diff are none: nothing can be trained from them. */
export function isExperiment(document: vscode.TextDocument): boolean {
  const known = document.uri.scheme === 'file' || document.uri.scheme === 'untitled';
  return known && vscode.languages.match(experimentSelector, document) > 0;
}

/** The open experiment file at a path. */
export function openExperiment(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    (document) => document.uri.toString() === uri.toString() && isExperiment(document),
  );
}

/** A stretch of a document's text as the editor counts it. */
export function rangeOf(document: vscode.TextDocument, { offset, length }: Span): vscode.Range {
  return new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
}
