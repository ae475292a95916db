import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import sharp from 'sharp';
import { engine, finishedRun } from './finishedRun';
import { onRun, type SeenRun } from './runs';
import type { Session } from './session';
import { until } from './session';
import { check, type EditorTest, same } from './tests';

/** What an exported picture says of each of its maps. */
interface MapSource {
  readonly quantity: string;
  readonly epoch: number;
  readonly range: readonly [number, number] | null;
  readonly left: number;
  readonly top: number;
  readonly scale: number;
  readonly columns: number;
  readonly rows: number;
}

const openPanel = (session: Session): Promise<Frame> => session.panel('[data-panel="heatmap"] .tile', 60);

/** Until every map that is shown has come. */
const settled = (panel: Frame): Promise<boolean> =>
  until(
    'the maps',
    async () =>
      (await panel.locator('.tile').count()) > 0 &&
      (await panel.locator('.tile-message:not([hidden])').count()) === 0 &&
      /after epoch \d+/.test((await panel.locator('h1').textContent()) ?? ''),
    60,
  );

const shownEpoch = async (panel: Frame): Promise<number> =>
  Number(/after epoch (\d+)/.exec((await panel.locator('h1').textContent()) ?? '')?.[1]);

/** The panel's image, as the command line names it. */
const imageName = async (panel: Frame): Promise<string> =>
  / of (.+) after epoch/.exec((await panel.locator('h1').textContent()) ?? '')?.[1] ?? '';

/** `losscape maps` for the image that is shown, one pixel per pixel. */
async function mapsOf(session: Session, panel: Frame, run: SeenRun, epoch: number, out: string) {
  const image = await imageName(panel);
  const args = ['--image', image, '--epoch', String(epoch), '--quantity', 'pt', '--out', out, '--json'];
  const line = (await engine(session, ['maps', run.folder, ...args])).trim().split('\n').at(-1)!;
  return JSON.parse(line) as { height: number; width: number; files: { map: string; values: string } };
}

export const heatmap: EditorTest[] = [
  {
    name: 'the heatmap opens from a run and shows the photograph and its confidence',
    async run(session) {
      const run = await finishedRun(session);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await onRun(session, 'losscape.openHeatmap', run.folder);
      const panel = await openPanel(session);
      await settled(panel);
      same(await panel.locator('.tile h3').allTextContents(), ['Photograph', 'Confidence pt'], 'titles of the maps');
      check(
        (await panel.locator('.notice').count()) === 0,
        (await panel.locator('.notice').allTextContents()).join(' '),
      );
      await session.pictures3('heatmap');
    },
  },
  {
    name: 'the slider, the brackets and the strip change the epoch',
    async run(session) {
      const panel = await openPanel(session);
      const last = await shownEpoch(panel);
      await panel.locator('.stage').focus();
      await session.page.keyboard.press('[');
      await until('the epoch before', async () => (await shownEpoch(panel)) < last);
      const slider = panel.locator('.scrubber input[type="range"]');
      await slider.fill('0');
      await until('the first epoch', async () =>
        (await panel.locator('.epoch-label').textContent())?.startsWith('epoch 0 '),
      );
      await settled(panel);
      await until('thumbnails', async () => (await panel.locator('.thumbnail canvas').count()) > 5, 60);
      await panel.locator('.thumbnail').last().click();
      await until('the last epoch', async () => (await shownEpoch(panel)) === last);
      await settled(panel);
    },
  },
  {
    name: 'a pixel that is read is the one that the command line writes',
    async run(session) {
      const panel = await openPanel(session);
      const run = await finishedRun(session);
      await panel.locator('.stage').focus();
      for (const key of ['ArrowUp', 'Shift+ArrowLeft', 'ArrowLeft']) await session.page.keyboard.press(key);
      const reading = panel.locator('.reading');
      await reading.waitFor();
      const place = /row (\d+), column (\d+)/.exec((await reading.textContent()) ?? '');
      const pt = Number(await reading.locator('table').first().locator('tbody td').last().textContent());
      const out = await mkdtemp(join(tmpdir(), 'losscape-maps-'));
      const { files, width } = await mapsOf(session, panel, run, await shownEpoch(panel), out);
      const bytes = await readFile(files.values);
      // Version 1 of the format: its header's length stands at byte 8.
      const start = 10 + bytes.readUInt16LE(8);
      const value = bytes.readFloatLE(start + 4 * (Number(place![1]) * width + Number(place![2])));
      await rm(out, { recursive: true });
      check(Math.abs(value - pt) <= 0.00051, `${place![0]}: the panel says ${pt}, losscape maps ${value}`);
    },
  },
  {
    name: 'the exported picture has the pixels of losscape maps',
    async run(session) {
      const panel = await openPanel(session);
      const run = await finishedRun(session);
      const folder = await mkdtemp(join(tmpdir(), 'losscape-export-'));
      const file = join(folder, 'confidence.png');
      // The outline would lie over the pixels.
      await panel.locator('vscode-checkbox', { hasText: 'target outline' }).click();
      await panel.locator('vscode-button', { hasText: 'Save picture' }).click();
      await session.answerFileDialog(file);
      const picture = await until('the file', () => readFile(file).catch(() => null));
      const { comments } = await sharp(picture).metadata();
      const said = comments?.find(({ keyword }) => keyword === 'losscape')?.text ?? '{}';
      const source = (JSON.parse(said) as { maps: MapSource[] }).maps.find(({ quantity }) => quantity === 'pt')!;
      same([source.epoch, source.range], [await shownEpoch(panel), [0, 1]], 'what the picture says of itself');
      const expected = await mapsOf(session, panel, run, source.epoch, folder);
      same([source.columns, source.rows], [expected.width, expected.height], 'size of the map');
      const exported = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      const map = await sharp(expected.files.map).removeAlpha().raw().toBuffer();
      let different = 0;
      for (let row = 0; row < source.rows; row += 1) {
        for (let column = 0; column < source.columns; column += 1) {
          const x = source.left + Math.floor((column + 0.5) * source.scale);
          const y = source.top + Math.floor((row + 0.5) * source.scale);
          const at = 3 * (y * exported.info.width + x);
          const from = 3 * (row * source.columns + column);
          if ([0, 1, 2].some((part) => exported.data[at + part] !== map[from + part])) different += 1;
        }
      }
      await rm(folder, { recursive: true });
      await panel.locator('vscode-checkbox', { hasText: 'target outline' }).click();
      check(different === 0, `${different} of ${source.rows * source.columns} pixels have another colour`);
    },
  },
  {
    name: 'all epochs as an animated picture',
    async run(session) {
      const panel = await openPanel(session);
      const folder = await mkdtemp(join(tmpdir(), 'losscape-animation-'));
      const epochs = Number(await panel.locator('.scrubber input[type="range"]').getAttribute('max')) + 1;
      await panel.locator('vscode-button', { hasText: 'Animate' }).click();
      await session.page.locator('.quick-input-widget input').waitFor({ state: 'visible', timeout: 120_000 });
      const file = join(folder, 'epochs.webp');
      await session.answerFileDialog(file);
      const { format, pages } = await sharp(await until('the file', () => readFile(file).catch(() => null))).metadata();
      await rm(folder, { recursive: true });
      same([format, pages], ['webp', epochs], 'format and frames');
    },
  },
  {
    name: 'the heatmap opens from an epoch in the metrics panel',
    async run(session) {
      const run = await finishedRun(session);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await onRun(session, 'losscape.openMetrics', run.folder);
      const metrics = await session.panel('main.figures figure .chart canvas');
      await metrics.locator('figure .chart').first().focus();
      await session.page.keyboard.press('ArrowRight');
      await session.page.keyboard.press('Enter');
      const button = metrics.locator('.inspector .quiet', { hasText: /^heatmap$/ });
      await button.waitFor();
      const epoch = Number(/\d+/.exec((await metrics.locator('.inspector-title').textContent()) ?? '')?.[0]);
      await button.click();
      const panel = await openPanel(session);
      await settled(panel);
      check((await shownEpoch(panel)) === epoch, `epoch ${await shownEpoch(panel)} is shown, ${epoch} was chosen`);
    },
  },
  {
    name: 'the heatmap opens from an image in the explorer',
    async run(session) {
      const run = await finishedRun(session);
      const { images } = await session.api(async ({ workspace, Uri }, path) => {
        const text = await workspace.fs.readFile(Uri.joinPath(Uri.file(path), 'run.json'));
        const document = JSON.parse(new TextDecoder().decode(text)) as { dataset: { train: string[] } };
        return { images: document.dataset.train };
      }, run.folder);
      await session.api(
        async ({ commands, Uri }, path) => {
          await commands.executeCommand('losscape.runs.focus');
          await commands.executeCommand('list.clear');
          void commands.executeCommand('losscape.openHeatmap', Uri.file(path));
        },
        join(session.folder, 'images', `${images[1]}.png`),
      );
      // Which run: it is asked for, as long as none is selected in the view.
      const picker = session.page.locator('.quick-input-widget');
      await picker.locator('.monaco-list-row', { hasText: run.folder }).click({ position: { x: 200, y: 12 } });
      await picker.getByText('1 Selected').waitFor();
      await session.page.keyboard.press('Enter');
      const panel = await openPanel(session);
      await until('the image', async () => (await imageName(panel)) === images[1]);
      await settled(panel);
    },
  },
  {
    name: 'maps under several losses, one of them typed in, with budgets',
    async run(session) {
      const panel = await openPanel(session);
      for (const name of ['Gradient', 'Photograph', 'Confidence pt']) {
        await panel.locator('.chip', { hasText: new RegExp(`^${name}$`) }).click();
      }
      const field = panel.locator('.loss-field');
      await field.fill('focla 3');
      await field.press('Enter');
      await panel.locator('.field-problem', { hasText: 'is no loss' }).waitFor();
      for (const loss of ['focal 5', 'dice']) {
        await field.fill(loss);
        await field.press('Enter');
        await until(`a map under ${loss}`, async () =>
          (await panel.locator('.tile h3').allTextContents()).includes(`under ${loss.replace('focal ', 'focal γ=')}`),
        );
      }
      await settled(panel);
      await panel.locator('.budgets > summary').click();
      // They are counted once they are in sight.
      await panel
        .locator('.budgets')
        .evaluate((node) => (node as unknown as { scrollIntoView(): void }).scrollIntoView());
      await until(
        'budgets',
        async () => /Of the gradient it gets/.test((await panel.locator('.sentence').textContent()) ?? ''),
        60,
      );
      await session.picture('heatmap losses');
      await panel.locator('.budgets details summary').click();
      await until(
        'numbers for screen readers',
        async () => (await panel.locator('.budgets .numbers tbody tr').count()) > 5,
      );
    },
  },
  {
    name: 'the heatmap comes back after a reload, as it was',
    async run(session) {
      await session.reload();
      const panel = await openPanel(session);
      await settled(panel);
      const titles = await panel.locator('.tile h3').allTextContents();
      same(titles.slice(1), ['under focal γ=5', 'under dice'], 'maps');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      same(session.complaints, [], 'complaints in the developer console');
    },
  },
];
