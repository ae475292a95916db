import * as vscode from 'vscode';
import type { Subject } from '../../runs/problem';
import type { Trainer } from '../tasks/trainer';
import { t } from '../text';

/** What `losscape check --json` prints, as far as the editor uses it. */
export interface CheckReport {
  readonly problems: readonly {
    readonly severity: 'error' | 'warning';
    readonly message: string;
    readonly hint?: string;
    readonly subject?: Subject;
  }[];
  readonly data: DataFacts | null;
}

export interface DataFacts {
  readonly train: number;
  readonly test: number;
  readonly least: readonly [number, number];
  readonly most: readonly [number, number];
  readonly foreground: number;
  readonly crop: readonly [number, number];
  readonly tile: readonly [number, number];
}

/**
 * The engine's own checks of an experiment's data, in the engine's process: image libraries have no place in the editor's.
 * One check of a file at a time; of those that are asked for meanwhile only the last is made.
 */
export class DataCheck implements vscode.Disposable {
  private readonly reports = new Map<string, CheckReport>();
  private readonly running = new Map<string, { again: boolean }>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidCheck = this.changed.event;

  constructor(private readonly trainer: Trainer) {}

  /** What the last check found; undefined before the first. */
  reportOf(uri: vscode.Uri): CheckReport | undefined {
    return this.reports.get(uri.toString());
  }

  factsOf(uri: vscode.Uri): DataFacts | null {
    return this.reportOf(uri)?.data ?? null;
  }

  /** Checks a file as it is on the disk. In a workspace that is not trusted nothing runs. */
  async check(uri: vscode.Uri): Promise<void> {
    if (uri.scheme !== 'file' || !vscode.workspace.isTrusted) return;
    const key = uri.toString();
    const current = this.running.get(key);
    if (current) {
      current.again = true;
      return;
    }
    const state = { again: false };
    this.running.set(key, state);
    try {
      do {
        state.again = false;
        this.reports.set(key, await this.ask(uri.fsPath));
        this.changed.fire(uri);
      } while (state.again);
    } finally {
      this.running.delete(key);
    }
  }

  forget(uri: vscode.Uri): void {
    this.reports.delete(uri.toString());
  }

  private async ask(file: string): Promise<CheckReport> {
    try {
      const { code, stdout, stderr } = await this.trainer.runEngine(['check', file, '--json']);
      if (code === 0 || code === 2) return JSON.parse(stdout) as CheckReport;
      return unchecked(stderr.trim() || t('the engine ended with code {0}', code));
    } catch (error) {
      return unchecked(error instanceof Error ? error.message : String(error));
    }
  }

  dispose(): void {
    this.changed.dispose();
  }
}

/** Data that could not be looked at is no error of the file, but must not look like data in order. */
function unchecked(reason: string): CheckReport {
  const message = t('The data could not be checked: {0}', reason);
  return { problems: [{ severity: 'warning', message, subject: { path: ['dataset'], kind: 'value' } }], data: null };
}
