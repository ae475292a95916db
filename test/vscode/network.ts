import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import sharp from 'sharp';
import { finishedRun } from './finishedRun';
import { onRun } from './runs';
import type { Session } from './session';
import { until } from './session';
import { check, type EditorTest, same } from './tests';

const openPanel = (session: Session): Promise<Frame> => session.panel('.unet [data-layer]', 60);

/** Until the maps of a layer are shown. */
async function shows(panel: Frame, layer: string): Promise<void> {
  await until(
    `the maps of ${layer}`,
    async () =>
      ((await panel.locator('.activations h2').textContent()) ?? '').startsWith(`${layer}: `) &&
      (await panel.locator('.map').count()) > 0,
    60,
  );
}

/** The layer that is chosen in the drawing. */
const chosen = (panel: Frame): Promise<string | null> =>
  panel.locator('.unet [aria-checked="true"]').getAttribute('data-layer');

const shownEpoch = async (panel: Frame): Promise<number> =>
  Number(/after epoch (\d+)/.exec((await panel.locator('h1').textContent()) ?? '')?.[1]);

export const network: EditorTest[] = [
  {
    name: 'the network opens from a run: its layers, and the maps of the first one',
    async run(session) {
      const run = await finishedRun(session);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await onRun(session, 'losscape.openNetwork', run.folder);
      const panel = await openPanel(session);
      await shows(panel, 'encoder.0.conv1');
      const layers = await panel.locator('.unet [data-layer]').count();
      check(layers >= 8 && layers % 5 === 3, `${layers} layers are no U-Net`);
      same(await panel.locator('.notice').allTextContents(), [], 'notices');
      await session.pictures3('network');
    },
  },
  {
    name: 'click and arrow keys choose a layer, the slider an epoch',
    async run(session) {
      const panel = await openPanel(session);
      await panel.locator('[data-layer="bottom.conv1"]').click();
      await shows(panel, 'bottom.conv1');
      await session.page.keyboard.press('ArrowRight');
      await shows(panel, 'bottom.conv2');
      same(await chosen(panel), 'bottom.conv2', 'chosen layer');
      const last = await shownEpoch(panel);
      await panel.locator('.scrubber input[type="range"]').fill('0');
      await until('the first epoch', async () => (await shownEpoch(panel)) < last);
      await panel.locator('.scrubber input[type="range"]').fill('9999');
      await until('the last epoch', async () => (await shownEpoch(panel)) === last);
    },
  },
  {
    name: 'a picture that a map answers to is made, stopped, and made',
    async run(session) {
      const panel = await openPanel(session);
      await panel.locator('[data-layer="encoder.0.conv2"]').click();
      await shows(panel, 'encoder.0.conv2');
      await panel.locator('.map').nth(1).click();
      const steps = panel.locator('.setting', { hasText: 'Steps' }).locator('input');
      const make = panel.locator('vscode-button', { hasText: 'Make the picture' });
      await steps.fill('5000');
      await steps.press('Tab');
      await make.click();
      await panel.locator('vscode-button', { hasText: 'Stop' }).click();
      await make.waitFor();
      await steps.fill('16');
      await steps.press('Tab');
      await make.click();
      await panel.locator('.picture canvas').waitFor({ timeout: 60_000 });
      await panel.locator('.pane-head', { hasText: 'step 16' }).waitFor();
      await session.picture('network picture');
    },
  },
  {
    name: 'the maps are saved as a picture and as numbers',
    async run(session) {
      const panel = await openPanel(session);
      const folder = await mkdtemp(join(tmpdir(), 'losscape-network-'));
      const [png, csv] = [join(folder, 'maps.png'), join(folder, 'maps.csv')];
      await panel.locator('vscode-button', { hasText: 'Save maps' }).click();
      await session.answerFileDialog(png);
      const picture = await until('the picture', () => readFile(png).catch(() => null));
      const { width, format } = await sharp(picture).metadata();
      check(format === 'png' && width >= 400, `a ${format} of ${width} pixels`);
      await panel.locator('.map-tools vscode-button', { hasText: 'CSV' }).click();
      await session.answerFileDialog(csv);
      const text = await until('the numbers', () => readFile(csv, 'utf8').catch(() => null));
      const rows = text.trim().split('\n');
      same(rows.length - 1, await panel.locator('.map').count(), 'a row per map');
      await rm(folder, { recursive: true });
    },
  },
  {
    name: 'the weights over training are shown, a row per layer',
    async run(session) {
      const panel = await openPanel(session);
      await panel.locator('.weights').scrollIntoViewIfNeeded();
      await until('the heatmap', async () => (await panel.locator('.matrix:visible').count()) === 2, 60);
      const layers = await panel.locator('.unet [data-layer]').count();
      await panel.locator('.weights figure summary').first().click();
      const rows = panel.locator('.weights figure').first().locator('tbody tr');
      await until('a row of the table for each layer', async () => (await rows.count()) === layers);
      await session.picture('network weights');
    },
  },
  {
    name: 'the network comes back after a reload, as it was',
    async run(session) {
      await session.reload();
      const panel = await openPanel(session);
      await shows(panel, 'encoder.0.conv2');
      same(await panel.locator('.map[aria-selected="true"] .map-name').textContent(), '1', 'chosen map');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      same(session.complaints, [], 'complaints in the developer console');
    },
  },
];
