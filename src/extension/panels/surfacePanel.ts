import * as vscode from 'vscode';
import { Problem } from '../../runs/problem';
import type { ImageReference, SurfacePoint } from '../../webview/protocol/heatmap';
import type { SurfaceData, SurfaceSnapshot, SurfaceToHost, SurfaceToPanel } from '../../webview/protocol/surface';
import { imageOf } from '../inspector/answers';
import { inspectedRun } from '../inspector/inspectedRun';
import { Cancelled } from '../inspector/inspectorClient';
import type { Inspector } from '../inspector/inspector';
import { inspectorWord } from '../inspector/inspectorWord';
import type { RunStore } from '../runs/runStore';
import { CurvatureFeed } from '../surfaces/curvatureFeed';
import { runOf } from '../surfaces/runOf';
import { readSurfaceData, surfacesOf } from '../surfaces/surfaceFiles';
import { SurfaceWatch } from '../surfaces/surfaceWatch';
import { chooseImageFile } from './chooseImageFile';
import { PanelPage } from './panelPage';
import type { OpenPanel } from './panelSet';
import { saveFile } from './saveFile';
import type { SurfacePoints } from './surfacePoints';

interface Parts {
  readonly extensionUri: vscode.Uri;
  readonly store: RunStore;
  readonly inspector: Inspector;
  /** Where it is said which point is looked at. */
  readonly points: SurfacePoints;
  /** Shows what the network at a point makes of an image. */
  readonly openHeatmap: (point: SurfacePoint, image: ImageReference) => void;
}

/** The panel of a loss surface. Its page is thrown away while it is hidden, and asks for everything again when it is shown. */
export class SurfacePanel implements OpenPanel<string, readonly string[]> {
  private readonly page: PanelPage<SurfaceToPanel, SurfaceToHost>;
  private watch: SurfaceWatch | undefined;
  private asked: AbortController | undefined;

  /** @param runFolders runs whose surfaces can be chosen beside it. */
  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly parts: Parts,
    private folder: string,
    private readonly runFolders: readonly string[],
  ) {
    const { extensionUri, store, inspector } = parts;
    this.page = new PanelPage<SurfaceToPanel, SurfaceToHost>(view, extensionUri, {
      name: 'surface',
      title: this.title(),
      handlers: {
        ready: () => this.snapshot(),
        watch: ({ folder: wanted, keys }) => this.watched(wanted, keys),
        read: ({ folder: other, keys }) => readNamed(other, keys),
        image: async ({ folder: surface, image }) =>
          imageOf(await inspector.image(inspectedRun(store, runOf(surface)), image)),
        margin: ({ folder: surface, cursor, ...point }) => {
          if (cursor) parts.points.move({ surface, a: point.a, b: point.b });
          return this.margin({ surface, ...point });
        },
        heatmap: ({ folder: surface, a, b, image }) => parts.openHeatmap({ surface, a, b }, image),
        resume: ({ folder: surface }) => void vscode.commands.executeCommand('losscape.resumeSurface', surface),
        chooseImage: () => chooseImageFile(),
        save: saveFile,
        ...new CurvatureFeed(view, (found) => this.page.send('curvature', found)).handlers,
      },
    });
    this.page.endWith(
      inspector.onDidChangeState((state) => this.page.send('inspector', { word: inspectorWord(state) })),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.page.load()),
      // A page that is hidden is gone: nobody needs its points.
      view.onDidChangeViewState(() => view.visible || this.watch?.stop()),
      { dispose: () => this.dispose() },
    );
  }

  isAbout(folder: string): boolean {
    return folder === this.folder;
  }

  go(folder: string): void {
    if (this.view.visible) this.page.send('go', { folder });
    this.folder = folder;
  }

  private title(): string {
    const record = this.parts.store.get(runOf(this.folder));
    if (!record?.entry.ok) return vscode.l10n.t('Loss surface');
    return vscode.l10n.t('Loss surface: {0}', record.marks.title ?? record.entry.document.loss.label);
  }

  private async snapshot(): Promise<SurfaceSnapshot> {
    const { store } = this.parts;
    await store.loaded;
    this.view.title = this.title();
    const found = await surfacesOf([runOf(this.folder), ...this.runFolders]);
    const entry = store.get(runOf(this.folder))?.entry;
    const { train = [], test = [], synthetic = false } = entry?.ok ? entry.document.dataset : {};
    return { folder: this.folder, ...found, dataset: { train, test }, synthetic, trusted: vscode.workspace.isTrusted };
  }

  private async watched(folder: string, keys: readonly string[]) {
    this.watch?.stop();
    if (folder !== this.folder) {
      this.folder = folder;
      this.view.title = this.title();
    }
    const data = await readNamed(folder, keys);
    const watch = new SurfaceWatch(folder, async () => {
      try {
        const now = await readNamed(folder, keys);
        if (this.watch === watch) this.page.send('data', now);
      } catch (error) {
        // A file that is just being replaced, or a folder that was deleted: what is shown stays, with a word, until the next look.
        if (this.watch === watch) this.page.send('problem', { message: messageOf(error) });
        watch.again();
      }
    });
    this.watch = watch;
    return data;
  }

  private async margin(params: { surface: string; a: number; b: number; image: Parameters<Inspector['image']>[1] }) {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const { result, arrays } = await this.parts.inspector.planeMargin(params, asked.signal);
      return { ...result, margin: arrays.margin.values };
    } catch (error) {
      if (error instanceof Cancelled) return null;
      throw error;
    }
  }

  private dispose(): void {
    this.watch?.stop();
    this.asked?.abort();
  }
}

/** Reads a surface; what is wrong with it names the file, for a page sees nothing but the message. */
async function readNamed(folder: string, keys: readonly string[]): Promise<SurfaceData> {
  try {
    return await readSurfaceData(folder, keys);
  } catch (error) {
    const file = error instanceof Problem ? error.place?.file : undefined;
    throw file === undefined ? error : new Error(`${file}: ${messageOf(error)}`, { cause: error });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
