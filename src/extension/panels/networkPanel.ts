import * as vscode from 'vscode';
import type { Answer, MethodName, Params } from '../../engine/insight/protocol';
import type { NetworkRun, NetworkTarget, NetworkToHost, NetworkToPanel } from '../../webview/protocol/network';
import { featuresOf, imageOf, pictureOf, weightsOf } from '../inspector/answers';
import type { Inspector } from '../inspector/inspector';
import { inspectorWord } from '../inspector/inspectorWord';
import type { RunStore } from '../runs/runStore';
import { chooseImageFile } from './chooseImageFile';
import { networkRun } from './networkRun';
import { PanelPage } from './panelPage';
import type { OpenPanel } from './panelSet';
import { Pump } from './pump';
import { saveFile } from './saveFile';
import { Tickets } from './tickets';

interface Parts {
  readonly extensionUri: vscode.Uri;
  readonly store: RunStore;
  readonly inspector: Inspector;
}

/**
 * A panel that shows a run's network layer by layer. Its page is thrown away while it is hidden, and asks for everything
 * again when it is shown.
 */
export class NetworkPanel implements OpenPanel<string, NetworkTarget> {
  private readonly page: PanelPage<NetworkToPanel, NetworkToHost>;
  private readonly pump = new Pump<string>(() => this.sendRun());
  private readonly tickets = new Tickets();
  private sent = '';

  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly parts: Parts,
    private readonly folder: string,
    private target: NetworkTarget | null,
  ) {
    const { extensionUri, store, inspector } = parts;
    this.page = new PanelPage<NetworkToPanel, NetworkToHost>(view, extensionUri, {
      name: 'network',
      title: this.title(),
      handlers: {
        ready: () => this.snapshot(),
        layers: async ({ ticket }) => (await this.ask(ticket, 'layers', { run: folder })).result.layers,
        image: async ({ ticket, image }) => imageOf(await this.ask(ticket, 'image', { run: folder, image })),
        activations: async ({ ticket, ...what }) =>
          featuresOf(await this.ask(ticket, 'activations', { run: folder, ...what })),
        visualise: async ({ ticket, settings, ...what }) =>
          pictureOf(await this.ask(ticket, 'visualise', { run: folder, ...what, ...settings })),
        weights: async ({ ticket }) => weightsOf(await this.ask(ticket, 'weightStatistics', { run: folder })),
        cancel: ({ tickets }) => this.tickets.cancel(tickets),
        chooseImage: () => chooseImageFile(),
        save: saveFile,
      },
    });
    this.page.endWith(
      this.pump,
      this.tickets,
      store.onDidChange(({ added, changed, removed }) =>
        this.pump.add([...added, ...changed, ...removed].filter((one) => one === folder)),
      ),
      inspector.onDidChangeState((state) => this.page.send('inspector', { word: inspectorWord(state) })),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.page.load()),
      // A page that is hidden is gone, and with it whoever waited.
      view.onDidChangeViewState(() => (view.visible ? undefined : this.tickets.dispose())),
    );
  }

  isAbout(folder: string): boolean {
    return folder === this.folder;
  }

  go(_: string, target: NetworkTarget): void {
    // A page that is hidden hears nothing: it takes the target with its snapshot.
    if (this.view.visible) this.page.send('go', target);
    else this.target = target;
  }

  private title(): string {
    const record = this.parts.store.get(this.folder);
    if (!record?.entry.ok) return vscode.l10n.t('Network');
    return vscode.l10n.t('Network: {0}', record.marks.title ?? record.entry.document.loss.label);
  }

  private async snapshot() {
    await this.parts.store.loaded;
    const run = await this.run();
    if (run === null) throw new Error(vscode.l10n.t('This run is gone, or cannot be read: {0}', this.folder));
    this.sent = JSON.stringify(run);
    this.view.title = this.title();
    const { target } = this;
    this.target = null;
    return { run, target, trusted: vscode.workspace.isTrusted };
  }

  private run(): Promise<NetworkRun | null> {
    return networkRun(this.parts.store.get(this.folder));
  }

  private async sendRun(): Promise<void> {
    // A page that is hidden is gone: when it is back it asks for the run.
    if (!this.view.visible) return;
    const run = await this.run();
    const text = JSON.stringify(run);
    // A run that trains says that it lives every few seconds; only what the page shows is news.
    if (run === null || text === this.sent || !this.view.visible) return;
    this.sent = text;
    this.page.send('run', { run });
  }

  private ask<M extends MethodName>(ticket: number, method: M, params: Params<M>): Promise<Answer<M>> {
    return this.tickets.waitFor(ticket, (signal) => this.parts.inspector.client.request(method, params, signal));
  }
}
