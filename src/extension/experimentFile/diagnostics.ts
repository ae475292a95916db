import * as vscode from 'vscode';
import type { Subject } from '../../runs/problem';
import type { DataCheck } from './dataCheck';
import { isExperiment, openExperiment, rangeOf } from './documents';
import { type Mark, marksOfCheck, marksOfText } from './marks';

/** How long after the last key press the text is read again, in milliseconds. */
const typingPause = 150;

/**
 * Problems of experiment files: of the text while one types, of the data when a file is opened or saved. What the data
 * check found stays at its key while the text around it changes.
 */
export class ExperimentDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('losscape');
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  /** By file: the subject of each diagnostic that is shown, for quick fixes. */
  private readonly subjects = new Map<string, { diagnostic: vscode.Diagnostic; subject: Subject }[]>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly check: DataCheck) {
    const opened = (document: vscode.TextDocument) => {
      if (!isExperiment(document)) return;
      this.show(document);
      void this.checkIfReadable(document);
    };
    this.subscriptions = [
      vscode.workspace.onDidOpenTextDocument(opened),
      vscode.workspace.onDidSaveTextDocument(opened),
      vscode.workspace.onDidChangeTextDocument(({ document }) => isExperiment(document) && this.later(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => vscode.workspace.textDocuments.forEach(opened)),
      check.onDidCheck((uri) => {
        const document = openExperiment(uri);
        if (document) this.show(document);
      }),
    ];
    vscode.workspace.textDocuments.forEach(opened);
  }

  /** What a shown diagnostic is about. The editor hands out copies, so that it is found by its place and words. */
  subjectOf(uri: vscode.Uri, { range, message }: vscode.Diagnostic): Subject | undefined {
    return this.subjects
      .get(uri.toString())
      ?.find(({ diagnostic }) => diagnostic.message === message && diagnostic.range.isEqual(range))?.subject;
  }

  private later(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.waiting.get(key));
    this.waiting.set(
      key,
      setTimeout(() => {
        this.waiting.delete(key);
        this.show(document);
      }, typingPause),
    );
  }

  private show(document: vscode.TextDocument): void {
    const text = document.getText();
    const inText = marksOfText(text, document.uri.fsPath);
    const report = this.check.reportOf(document.uri);
    // While the text cannot be read, what the check said of an older one would only confuse.
    const marks = inText.length > 0 ? inText : marksOfCheck(text, report?.problems ?? []);
    const shown = marks.map((mark) => ({ diagnostic: asDiagnostic(document, mark), subject: mark.subject }));
    this.subjects.set(
      document.uri.toString(),
      shown.flatMap(({ diagnostic, subject }) => (subject ? [{ diagnostic, subject }] : [])),
    );
    this.collection.set(
      document.uri,
      shown.map(({ diagnostic }) => diagnostic),
    );
  }

  private async checkIfReadable(document: vscode.TextDocument): Promise<void> {
    if (marksOfText(document.getText(), document.uri.fsPath).length === 0) await this.check.check(document.uri);
    else this.check.forget(document.uri);
  }

  private forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.waiting.get(key));
    this.waiting.delete(key);
    this.subjects.delete(key);
    this.check.forget(document.uri);
    this.collection.delete(document.uri);
  }

  dispose(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    for (const subscription of this.subscriptions) subscription.dispose();
    this.collection.dispose();
  }
}

function asDiagnostic(document: vscode.TextDocument, mark: Mark): vscode.Diagnostic {
  const severity = mark.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(rangeOf(document, mark), mark.message, severity);
  diagnostic.source = 'Losscape';
  return diagnostic;
}
