import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { type ExperimentFile, experimentNameOf } from '../tree/treeModel';

const pattern = '**/*.losscape.json';
/** Where no experiment file is looked for: packages, and run folders, of which there may be thousands. */
const excluded = '{**/node_modules/**,**/.git/**,**/runs/**,**/.venv/**,**/site-packages/**}';

/** The experiment files of the workspace and the folders that runs are kept in. */
export class Experiments implements vscode.Disposable {
  private readonly files = new Set<string>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly disposables: vscode.Disposable[] = [this.changed];

  /** Experiment files or runs folders appeared, disappeared, or were set otherwise. */
  readonly onDidChange = this.changed.event;

  constructor() {
    const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, true, false);
    this.disposables.push(
      watcher,
      watcher.onDidCreate((uri) => this.add(uri)),
      watcher.onDidDelete((uri) => this.drop(uri)),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => this.add(uri)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.find()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('losscape.runsFolders')) this.changed.fire();
      }),
    );
  }

  /** Looks for the experiment files of the workspace. */
  async find(): Promise<void> {
    const found = await vscode.workspace.findFiles(pattern, excluded);
    this.files.clear();
    for (const uri of found) if (uri.scheme === 'file') this.files.add(uri.fsPath);
    // One that is open outside the workspace counts as long as it is open.
    for (const { uri } of vscode.workspace.textDocuments) if (isExperimentFile(uri)) this.files.add(uri.fsPath);
    this.changed.fire();
  }

  /** Sorted by path. */
  all(): ExperimentFile[] {
    return [...this.files].sort().map((file) => ({ file, name: experimentNameOf(file) }));
  }

  /** Absolute paths of the folders that hold run folders: `runs` beside each experiment file, and the set ones. */
  runsFolders(): string[] {
    const beside = [...this.files].map((file) => join(dirname(file), 'runs'));
    const roots = vscode.workspace.workspaceFolders ?? [];
    const set = (roots.length === 0 ? [undefined] : roots).flatMap((root) => {
      const folders = vscode.workspace.getConfiguration('losscape', root?.uri).get<string[]>('runsFolders', []);
      return folders
        .filter((folder) => typeof folder === 'string' && folder.trim() !== '')
        .flatMap((folder) => {
          const path = expandHome(folder.trim());
          if (isAbsolute(path)) return [path];
          return root ? [resolve(root.uri.fsPath, path)] : [];
        });
    });
    return [...new Set([...beside, ...set])];
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private add(uri: vscode.Uri): void {
    if (!isExperimentFile(uri) || this.files.has(uri.fsPath) || uri.fsPath.split(/[\\/]/).includes('node_modules'))
      return;
    this.files.add(uri.fsPath);
    this.changed.fire();
  }

  private drop(uri: vscode.Uri): void {
    if (this.files.delete(uri.fsPath)) this.changed.fire();
  }
}

/** Whether a document is an experiment file on disk. */
export function isExperimentFile(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && basename(uri.fsPath).endsWith('.losscape.json');
}

function expandHome(path: string): string {
  const home = process.env.HOME ?? process.env.USERPROFILE;
  return home !== undefined && /^~(?=$|[\\/])/.test(path) ? home + path.slice(1) : path;
}
