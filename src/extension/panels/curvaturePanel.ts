import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { CurvaturePanelToHost, CurvatureSnapshot, CurvatureToPanel } from '../../webview/protocol/curvature';
import type { RunStore } from '../runs/runStore';
import { CurvatureFeed } from '../surfaces/curvatureFeed';
import { PanelPage } from './panelPage';
import { type OpenPanel, sameFolders } from './panelSet';
import { saveFile } from './saveFile';

/**
 * The curvature of some runs by itself, without a surface. Its page is thrown away while it is hidden, and asks for everything
 * again when it is shown.
 */
export class CurvaturePanel implements OpenPanel<readonly string[], null> {
  private readonly page: PanelPage<CurvatureToPanel, CurvaturePanelToHost>;

  constructor(
    private readonly view: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    private readonly store: RunStore,
    private readonly folders: readonly string[],
  ) {
    this.page = new PanelPage<CurvatureToPanel, CurvaturePanelToHost>(view, extensionUri, {
      name: 'curvature',
      title: this.title(),
      handlers: {
        ready: () => this.snapshot(),
        openSurface: () => void vscode.commands.executeCommand('losscape.openSurface', folders),
        save: saveFile,
        ...new CurvatureFeed(view, (found) => this.page.send('curvature', found)).handlers,
      },
    });
    this.page.endWith(vscode.workspace.onDidGrantWorkspaceTrust(() => this.page.load()));
  }

  isAbout(folders: readonly string[]): boolean {
    return sameFolders(folders, this.folders);
  }

  /** There is nothing in it to go to. */
  go(): void {}

  /** "Curvature: focal γ=2", or "Curvature: 3 runs". */
  private title(): string {
    const t = vscode.l10n.t;
    const [folder, ...others] = this.folders;
    if (others.length > 0) return t('Curvature: {0} runs', this.folders.length);
    const record = this.store.get(folder!);
    if (!record?.entry.ok) return t('Curvature');
    return t('Curvature: {0}', record.marks.title ?? record.entry.document.loss.label);
  }

  private async snapshot(): Promise<CurvatureSnapshot> {
    await this.store.loaded;
    this.view.title = this.title();
    const entries = this.folders.map((folder) => this.store.get(folder)?.entry);
    return {
      folders: this.folders,
      runs: entries.map((entry, index) => ({
        name: basename(this.folders[index]!),
        loss: entry?.ok ? entry.document.loss.label : null,
      })),
      trusted: vscode.workspace.isTrusted,
      synthetic: entries.some((entry) => entry?.ok === true && entry.document.dataset.synthetic === true),
    };
  }
}
