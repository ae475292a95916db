import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { isBeingMeasured, readCurvature } from '../../runs/curvatureDocument';
import { Problem } from '../../runs/problem';
import type { Handlers } from '../../webview/protocol/messageHandler';
import type { CurvatureFound, CurvatureToHost } from '../../webview/protocol/curvature';
import { CurvatureWatch } from './curvatureWatch';

/** The host's half of what a panel shows of curvature: what has been measured, as it comes. */
export class CurvatureFeed implements vscode.Disposable {
  private watch: CurvatureWatch | undefined;
  private readonly listener: vscode.Disposable;

  /** @param send hands the page what has changed. */
  constructor(
    view: vscode.WebviewPanel,
    private readonly send: (found: CurvatureFound) => void,
  ) {
    // A page that is hidden is gone, and asks anew when it is back.
    this.listener = view.onDidChangeViewState(() => view.visible || this.watch?.stop());
    view.onDidDispose(() => this.dispose());
  }

  readonly handlers: Handlers<CurvatureToHost> = {
    watchCurvature: async ({ folders }) => {
      this.watch?.stop();
      const watch = (this.watch = new CurvatureWatch(folders, (found) => {
        if (this.watch === watch) this.send(found);
      }));
      return watch.begin();
    },
    measureCurvature: ({ folders }) => void vscode.commands.executeCommand('losscape.measureCurvature', folders),
    stopCurvature: ({ file }) => stopMeasuring(file),
    resumeCurvature: ({ file }) => void vscode.commands.executeCommand('losscape.resumeCurvature', file),
  };

  dispose(): void {
    this.watch?.stop();
    this.listener.dispose();
  }
}

/** @throws Problem when the process is out of reach. */
async function stopMeasuring(file: string): Promise<void> {
  const document = await readCurvature(file);
  if (!isBeingMeasured(document)) return;
  if (document.host !== hostname()) {
    throw new Problem(vscode.l10n.t('It is measured on {0}: stop it there.', document.host));
  }
  process.kill(document.pid, 'SIGINT');
}
