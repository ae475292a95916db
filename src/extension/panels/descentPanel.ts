import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { runPaths } from '../../runs/layout';
import type { DescentToHost, DescentToPanel } from '../../webview/protocol/descent';
import type { HeatmapTarget } from '../../webview/protocol/heatmap';
import { DescentFeed, runOf } from '../descents/descentFeed';
import { PanelPage } from './panelPage';
import type { OpenPanel } from './panelSet';
import { saveFile } from './saveFile';

/** How often a descent that runs is looked at, and one that rests. */
const lookMilliseconds = { running: 1000, resting: 5000 } as const;

/** What the panels work with. */
export interface DescentPanelParts {
  readonly extensionUri: vscode.Uri;
  /** Goes on with a descent as a task. */
  readonly resume: (folder: string) => Promise<void>;
  readonly openHeatmap: (folder: string, target: HeatmapTarget) => void;
}

/** A panel that shows a descent. Its page is thrown away while it is hidden, and asks for everything again when it is shown. */
export class DescentPanel implements OpenPanel<string, null> {
  private readonly page: PanelPage<DescentToPanel, DescentToHost>;
  private readonly feed: DescentFeed;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly parts: DescentPanelParts,
    private readonly folder: string,
  ) {
    this.feed = new DescentFeed(folder);
    this.page = new PanelPage<DescentToPanel, DescentToHost>(view, parts.extensionUri, {
      name: 'descent',
      title: vscode.l10n.t('Descent: {0}', basename(folder)),
      handlers: {
        ready: () => this.snapshot(),
        map: ({ loss, step }) => this.feed.map(loss, step),
        resume: async () => {
          await this.parts.resume(folder);
          this.lookIn(0);
        },
        stop: () => writeFile(runPaths(folder).stop, ''),
        openHeatmap: () => this.openHeatmap(),
        openLog: async () => {
          await vscode.window.showTextDocument(vscode.Uri.file(runPaths(folder).log), { preview: true });
        },
        save: saveFile,
      },
    });
    this.page.endWith(
      view.onDidChangeViewState(() => {
        if (!view.visible) clearTimeout(this.timer);
      }),
      { dispose: () => clearTimeout(this.timer) },
    );
  }

  isAbout(folder: string): boolean {
    return folder === this.folder;
  }

  /** There is nothing in it to go to. */
  go(): void {}

  private async snapshot() {
    const snapshot = await this.feed.snapshot();
    this.view.title = vscode.l10n.t('Descent: {0}', snapshot.info.image.name);
    this.lookIn(lookMilliseconds.running);
    return { ...snapshot, trusted: vscode.workspace.isTrusted };
  }

  private lookIn(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), milliseconds);
  }

  private async look(): Promise<void> {
    let running = false;
    try {
      const news = await this.feed.news();
      if (this.page.closed || !this.view.visible) return;
      if (news) this.page.send('progress', news);
      running = ['running', 'queued'].includes((await this.feed.entry()).status);
    } catch (error) {
      // A folder that is being written to, moved or deleted: the page keeps what it has, and the next look may succeed.
      console.warn(error);
    }
    if (!this.page.closed && this.view.visible) this.lookIn(lookMilliseconds[running ? 'running' : 'resting']);
  }

  private async openHeatmap(): Promise<void> {
    const { document } = await this.feed.entry();
    const run = runOf(this.feed.folder, document.checkpoint);
    if (run === null) throw new Error(vscode.l10n.t('The run that this descent began with is gone.'));
    const { name, split } = document.image;
    this.parts.openHeatmap(run, { epoch: document.checkpoint.epoch, image: { name, split } });
  }
}
