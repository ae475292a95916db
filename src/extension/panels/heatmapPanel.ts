import { basename } from 'node:path';
import * as vscode from 'vscode';
import type {
  HeatmapMargin,
  HeatmapTarget,
  HeatmapToHost,
  HeatmapToPanel,
  SurfacePoint,
} from '../../webview/protocol/heatmap';
import type { Body } from '../../webview/protocol/messageHandler';
import { tell } from '../commands/register';
import { imageOf } from '../inspector/answers';
import { inspectedRun } from '../inspector/inspectedRun';
import type { InspectedRun, Inspector } from '../inspector/inspector';
import { inspectorWord } from '../inspector/inspectorWord';
import type { RunStore } from '../runs/runStore';
import { runOf } from '../surfaces/runOf';
import { chooseImageFile } from './chooseImageFile';
import { heatmapRuns } from './heatmapRuns';
import { PanelPage } from './panelPage';
import { type OpenPanel, sameFolders } from './panelSet';
import { Pump } from './pump';
import { saveFile } from './saveFile';
import type { HeatmapSubject, SurfacePoints } from './surfacePoints';
import { Tickets } from './tickets';
import { typedLoss } from './typedLoss';

interface Parts {
  readonly extensionUri: vscode.Uri;
  readonly store: RunStore;
  readonly inspector: Inspector;
  /** Lets the user choose run folders that are not among these; empty when they thought better of it. */
  readonly chooseRuns: (but: readonly string[]) => Promise<readonly string[]>;
  readonly points: SurfacePoints;
}

/** A panel that looks into runs, and into points of surfaces. Its page is thrown away while it is hidden, and asks for everything again when it is shown. */
export class HeatmapPanel implements OpenPanel<HeatmapSubject, HeatmapTarget> {
  private readonly page: PanelPage<HeatmapToPanel, HeatmapToHost>;
  private readonly pump = new Pump<string>(() => this.sendRuns());
  private readonly tickets = new Tickets();
  /** Of runs, and of surfaces. */
  private folders: readonly string[];
  /** Where the points of the surfaces are. */
  private readonly points: Map<string, SurfacePoint>;
  private sent = '';

  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly parts: Parts,
    subject: HeatmapSubject,
    private target: HeatmapTarget | null,
  ) {
    this.folders = subject.folders;
    this.points = new Map(subject.points.map((point) => [point.surface, point]));
    const { extensionUri, store, inspector } = parts;
    this.page = new PanelPage<HeatmapToPanel, HeatmapToHost>(view, extensionUri, {
      name: 'heatmap',
      title: this.title(),
      handlers: {
        ready: () => this.snapshot(),
        image: async ({ folder, image, ticket }) =>
          imageOf(
            await this.tickets.waitFor(ticket, (signal) => inspector.image(this.inspected(folder), image, signal)),
          ),
        margin: ({ ticket, ...wanted }) => this.tickets.waitFor(ticket, (signal) => this.margin(wanted, signal)),
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
        this.pump.add([...added, ...changed, ...removed].filter((folder) => this.concerns(folder))),
      ),
      parts.points.onDidMove((point) => {
        if (!this.points.has(point.surface)) return;
        this.points.set(point.surface, point);
        this.page.send('point', point);
      }),
      inspector.onDidChangeState((state) => this.page.send('inspector', { word: inspectorWord(state) })),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.page.load()),
    );
  }

  /** Runs have a panel for each set of them. A point goes to the panel that has its surface, or is seen with its run. */
  isAbout({ folders, points: [point] }: HeatmapSubject): boolean {
    if (point === undefined) return sameFolders(folders, this.folders);
    const { surface } = point;
    return this.folders.includes(surface) || (this.view.visible && this.folders.includes(runOf(surface)));
  }

  go({ folders, points }: HeatmapSubject, target: HeatmapTarget): void {
    for (const point of points) {
      this.points.set(point.surface, point);
      this.page.send('point', point);
    }
    void this.add(folders.filter((folder) => !this.folders.includes(folder))).catch(tell);
    // A page that is hidden hears nothing: it takes the target with its snapshot.
    if (this.view.visible) this.page.send('go', target);
    else this.target = target;
  }

  private title(): string {
    const [first] = this.folders;
    const point = first === undefined ? undefined : this.points.get(first);
    if (point && this.folders.length === 1) return vscode.l10n.t('Heatmap: point of {0}', basename(point.surface));
    const record = this.folders.length === 1 && first !== undefined ? this.parts.store.get(first) : undefined;
    if (record?.entry.ok) return vscode.l10n.t('Heatmap: {0}', record.marks.title ?? record.entry.document.loss.label);
    return this.folders.length === 1
      ? vscode.l10n.t('Heatmap')
      : vscode.l10n.t('Heatmap: {0} runs', this.folders.length);
  }

  private async snapshot() {
    await this.parts.store.loaded;
    const runs = await heatmapRuns(this.parts.store, this.folders, this.points);
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
    const runs = await heatmapRuns(this.parts.store, this.folders, this.points);
    const text = JSON.stringify(runs);
    // A run that trains says that it lives every few seconds; only what the page shows is news.
    if (text === this.sent || runs.length === 0 || !this.view.visible) return;
    this.sent = text;
    this.page.send('runs', { runs });
  }

  private async addRuns(): Promise<void> {
    await this.add(await this.parts.chooseRuns(this.folders));
  }

  private async add(added: readonly string[]): Promise<void> {
    if (added.length === 0) return;
    this.folders = [...this.folders, ...added];
    this.view.title = this.title();
    await this.sendRuns();
  }

  /** Whether what happens to a run is seen here: it is shown, or a point of one of its surfaces is. */
  private concerns(run: string): boolean {
    return this.folders.some((folder) => run === (this.points.has(folder) ? runOf(folder) : folder));
  }

  /** The run that a folder is, or that a surface lies in. */
  private inspected(folder: string): InspectedRun {
    return inspectedRun(this.parts.store, this.points.has(folder) ? runOf(folder) : folder);
  }

  private async margin(
    { folder, network, image }: Omit<Body<HeatmapToHost, 'margin'>, 'ticket'>,
    signal: AbortSignal,
  ): Promise<HeatmapMargin> {
    const { inspector } = this.parts;
    if ('a' in network) {
      const { result, arrays } = await inspector.planeMargin({ surface: folder, ...network, image }, signal);
      return { ...result, note: null, margin: arrays.margin.values };
    }
    const { result, arrays } = await inspector.margin(this.inspected(folder), network.epoch, image, signal);
    return { ...result, margin: arrays.margin.values };
  }

  private async saveSequence(name: string, frames: readonly Uint8Array[], milliseconds: number): Promise<boolean> {
    const encoded = frames.map((frame) => Buffer.from(frame).toString('base64'));
    const { arrays } = await this.parts.inspector.client.request('encodeWebp', { frames: encoded, milliseconds });
    return saveFile({ name, content: arrays.file.values });
  }
}
