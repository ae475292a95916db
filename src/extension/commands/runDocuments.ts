import * as vscode from 'vscode';
import type { RunRecord, RunStore } from '../runs/runStore';
import { nameOf } from '../tree/sorting';
import { configurationText } from './configuration';

const scheme = 'losscape-run';

/** Shows the configurations of runs as read-only documents, so that the editor's own diff can compare them. */
export class RunDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

  constructor(private readonly store: RunStore) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    // A document that was open before a reload is asked for before the runs have been read.
    const folder = uri.query;
    await this.store.loaded;
    const record = this.store.get(folder);
    if (!record) return vscode.l10n.t('// This run is gone: {0}', folder);
    return record.entry.ok ? configurationText(record.entry.document) : `// ${record.entry.reason}`;
  }

  /** Address of a run's configuration. */
  uriOf(record: RunRecord): vscode.Uri {
    const name = nameOf(record).replaceAll('/', '∕');
    return vscode.Uri.from({ scheme, path: `/${name}.json`, query: record.folder });
  }

  /** Opens the difference between two runs' configurations. */
  async diff(before: RunRecord, after: RunRecord): Promise<void> {
    const title = vscode.l10n.t('{0} ↔ {1}', nameOf(before), nameOf(after));
    await vscode.commands.executeCommand('vscode.diff', this.uriOf(before), this.uriOf(after), title);
  }

  dispose(): void {
    this.registration.dispose();
  }
}
