import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { type EngineResult, runEngineProcess } from './engineProcess';
import { type ChosenNode, chooseNode, isExecutable, versionOfNode } from './nodeDiscovery';
import { Problem } from '../../runs/problem';

/** The engine: its command line and the Node that runs it. */
export class Engine implements vscode.Disposable {
  private chosen: Promise<ChosenNode> | undefined;
  private readonly listener = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('losscape.nodePath')) this.chosen = undefined;
  });

  constructor(private readonly context: vscode.ExtensionContext) {}

  /** The bundled command line. */
  get cli(): string {
    return join(this.context.extensionPath, 'dist', 'engine', 'cli.cjs');
  }

  /** The Node that runs the engine. Rejects with words for the user; then the next call looks again. */
  node(): Promise<ChosenNode> {
    this.chosen ??= chooseNode({
      setting: vscode.workspace.getConfiguration('losscape').get('nodePath', '').trim(),
      path: process.env.PATH ?? process.env.Path ?? '',
      execPath: process.execPath,
      platform: process.platform,
      versionOf: versionOfNode,
      exists: isExecutable,
    });
    const { chosen } = this;
    chosen.catch(() => {
      if (this.chosen === chosen) this.chosen = undefined;
    });
    return chosen;
  }

  /**
   * Environment of a launch, which the engine carries out once. After a reload the editor starts tasks again that it believes
   * to be running still, from their definitions: so the launch is named there.
   */
  launch(id: string | undefined): Record<string, string> {
    if (id === undefined) return {};
    return { LOSSCAPE_LAUNCH: join(this.context.globalStorageUri.fsPath, 'launches', basename(id)) };
  }

  /** Runs the engine to its end. Rejects only when there is no Node to run it, or the workspace is not trusted. */
  async run(args: readonly string[], options: { cwd?: string; signal?: AbortSignal } = {}): Promise<EngineResult> {
    refuseUntrusted();
    const { command, env } = await this.node();
    return runEngineProcess(command, [this.cli, ...args], { ...options, env });
  }

  /** Starts the engine and leaves it running, its standard streams being pipes. Rejects as `run` does. */
  async start(args: readonly string[]): Promise<ChildProcessWithoutNullStreams> {
    refuseUntrusted();
    const { command, env } = await this.node();
    return spawn(command, [this.cli, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: 'pipe',
      windowsHide: true,
    });
  }

  dispose(): void {
    this.listener.dispose();
  }
}

function refuseUntrusted(): void {
  if (!vscode.workspace.isTrusted) {
    throw new Problem(vscode.l10n.t('The engine runs in trusted workspaces only.'));
  }
}
