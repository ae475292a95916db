import * as vscode from 'vscode';
import type { HeatmapTarget, HeatmapToHost, HeatmapToPanel } from '../../webview/protocol/heatmap';
import { imageOf } from '../inspector/answers';
import { inspectedRun } from '../inspector/inspectedRun';
import type { Inspector } from '../inspector/inspector';
import { inspectorWord } from '../inspector/inspectorWord';
import type { RunStore } from '../runs/runStore';
import { chooseImageFile } from './chooseImageFile';
import { heatmapRuns } from './heatmapRuns';
import { PanelPage } from './panelPage';
import { type OpenPanel, sameFolders } from './panelSet';
import { Pump } from './pump';
import { saveFile } from './saveFile';
import { Tickets } from './tickets';
import { typedLoss } from './typedLoss';

interface Parts {
  readonly extensionUri: vscode.Uri;
  readonly store: RunStore;
  readonly inspector: Inspector;
  /** Lets the user choose run folders that are not among these; empty when they thought better of it. */
  readonly chooseRuns: (but: readonly string[]) => Promise<readonly string[]>;
}

/** A panel that looks into runs. Its page is thrown away while it is hidden, and asks for everything again when it is shown. */
export class HeatmapPanel implements OpenPanel<readonly string[], HeatmapTarget> {
  private readonly page: PanelPage<HeatmapToPanel, HeatmapToHost>;
  private readonly pump = new Pump<string>(() => this.sendRuns());
  private readonly tickets = new Tickets();
  private sent = '';

  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly parts: Parts,
    private folders: readonly string[],
    private target: HeatmapTarget | null,
  ) {
    const { extensionUri, store, inspector } = parts;
    this.page = new PanelPage<HeatmapToPanel, HeatmapToHost>(view, extensionUri, {
      name: 'heatmap',
      title: this.title(),
      handlers: {
        ready: () => this.snapshot(),
        image: async ({ folder, image, ticket }) =>
          imageOf(
            await this.tickets.waitFor(ticket, (signal) => inspector.image(inspectedRun(store, folder), image, signal)),
          ),
        margin: async ({ folder, epoch, image, ticket }) => {
          const { result, arrays } = await this.tickets.waitFor(ticket, (signal) =>
            inspector.margin(inspectedRun(store, folder), epoch, image, signal),
          );
          return { ...result, margin: arrays.margin.values };
        },
        cancel: ({ tickets }) => this.tickets.cancel(tickets),
        loss: ({ text }) => typedLoss(text),
        addRuns: () => this.addRuns(),
        chooseImage: () => chooseImageFile(),
        save: saveFile,
        saveSequence: ({ name, frames, milliseconds }) => this.saveSequence(name, frames, milliseconds),
      },
    });
    this.page.endWith(
      this.pump,
      this.tickets,
      store.onDidChange(({ added, changed, removed }) =>
        this.pump.add([...added, ...changed, ...removed].filter((folder) => this.folders.includes(folder))),
      ),
      inspector.onDidChangeState((state) => this.page.send('inspector', { word: inspectorWord(state) })),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.page.load()),
    );
  }

  isAbout(folders: readonly string[]): boolean {
    return sameFolders(folders, this.folders);
  }

  go(_: readonly string[], target: HeatmapTarget): void {
    // A page that is hidden hears nothing: it takes the target with its snapshot.
    if (this.view.visible) this.page.send('go', target);
    else this.target = target;
  }

  private title(): string {
    const [first] = this.folders;
    const record = this.folders.length === 1 && first !== undefined ? this.parts.store.get(first) : undefined;
    if (record?.entry.ok) return vscode.l10n.t('Heatmap: {0}', record.marks.title ?? record.entry.document.loss.label);
    return this.folders.length === 1
      ? vscode.l10n.t('Heatmap')
      : vscode.l10n.t('Heatmap: {0} runs', this.folders.length);
  }

  private async snapshot() {
    await this.parts.store.loaded;
    const runs = await heatmapRuns(this.parts.store, this.folders);
    if (runs.length === 0) {
      throw new Error(vscode.l10n.t('These runs are gone, or cannot be read: {0}', this.folders.join(', ')));
    }
    this.sent = JSON.stringify(runs);
    this.view.title = this.title();
    const { target } = this;
    this.target = null;
    return { runs, target, trusted: vscode.workspace.isTrusted };
  }

  private async sendRuns(): Promise<void> {
    // A page that is hidden is gone: when it is back it asks for all of them.
    if (!this.view.visible) return;
    const runs = await heatmapRuns(this.parts.store, this.folders);
    const text = JSON.stringify(runs);
    // A run that trains says that it lives every few seconds; only what the page shows is news.
    if (text === this.sent || runs.length === 0 || !this.view.visible) return;
    this.sent = text;
    this.page.send('runs', { runs });
  }

  private async addRuns(): Promise<void> {
    const added = await this.parts.chooseRuns(this.folders);
    if (added.length === 0) return;
    this.folders = [...this.folders, ...added];
    this.view.title = this.title();
    await this.sendRuns();
  }

  private async saveSequence(name: string, frames: readonly Uint8Array[], milliseconds: number): Promise<boolean> {
    const encoded = frames.map((frame) => Buffer.from(frame).toString('base64'));
    const { arrays } = await this.parts.inspector.client.request('encodeWebp', { frames: encoded, milliseconds });
    return saveFile({ name, content: arrays.file.values });
  }
}
