import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import sharp from 'sharp';
import { median } from '../../bench/measure';
import { figure } from './figures';
import { engine } from './finishedRun';
import { type SeenRun, setRunsFolders, untilRun } from './runs';
import { type Session, until } from './session';
import { check, type EditorTest } from './tests';

/** Milliseconds from click to picture, and frames a second, that a person is not to wait for. */
const aims = { picture: 150, frames: 60 };
/** Other programs may hold a measurement up; only what is far off fails. */
const tolerance = 6;

/** What the extension hands to tests, as far as these use it. */
interface Exported {
  readonly panels: { openHeatmap(folders: string[], target: object): void };
}

/** What a selector finds: any of the elements that are asked for here. */
interface Element extends EventTarget {
  readonly style: { color: string };
  readonly textContent: string | null;
  value: string;
  getBoundingClientRect(): { left: number; top: number; width: number; height: number };
}

/** The page of a panel, as far as functions that are sent there use it. */
interface Page {
  readonly document: {
    querySelector(selector: string): Element | null;
  };
  requestAnimationFrame(call: (now: number) => void): void;
  readonly Event: new (type: string, options: object) => Event;
  readonly PointerEvent: new (type: string, options: object) => Event;
  readonly WheelEvent: new (type: string, options: object) => Event;
}

/** A run over the sample as `losscape sample` writes it, but with fewer pairs and epochs. */
async function sampleRun(session: Session, folder: string): Promise<SeenRun> {
  await engine(session, ['sample', folder, '--pairs', '16']);
  const file = join(folder, 'phantom.losscape.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"epochs": 30', '"epochs": 12'));
  await engine(session, ['train', file, '--loss', 'cross-entropy']);
  await setRunsFolders(session, [join(folder, 'runs')]);
  return untilRun(session, 'the run', (run) => run.folder.startsWith(folder) && run.status === 'finished');
}

async function openHeatmap(session: Session, run: SeenRun, target: object): Promise<Frame> {
  await session.api(
    ({ extensions }, [folder, what]) => {
      extensions.getExtension<Exported>('losscape.losscape')!.exports.panels.openHeatmap([folder], what);
    },
    [run.folder, target] as [string, object],
  );
  const panel = await session.panel('[data-panel="heatmap"] .tile', 60);
  await until(
    'the maps',
    async () =>
      (await panel.locator('.tile').count()) > 0 &&
      (await panel.locator('.tile-message:not([hidden])').count()) === 0 &&
      /after epoch \d+/.test((await panel.locator('h1').textContent()) ?? ''),
    90,
  );
  return panel;
}

/** Milliseconds until the maps of what was asked for are on the screen, from a click or from a move of the epoch's slider. */
function timed(panel: Frame, act: { click: string } | { epoch: number }): Promise<number> {
  return panel.evaluate(async (what) => {
    const page = globalThis as unknown as Page;
    const frame = (): Promise<number> => new Promise((done) => page.requestAnimationFrame(done));
    const title = (): string => page.document.querySelector('h1')?.textContent ?? '';
    const before = title();
    await frame();
    const from = performance.now();
    if ('click' in what) page.document.querySelector(what.click)!.dispatchEvent(new page.Event('click', {}));
    else {
      const slider = page.document.querySelector('.scrubber input[type="range"]')!;
      slider.value = String(what.epoch);
      slider.dispatchEvent(new page.Event('input', { bubbles: true }));
    }
    do {
      await frame();
      if (performance.now() - from > 20_000) throw new Error(`still "${title()}"`);
    } while (title() === before || page.document.querySelector('.tile-message:not([hidden])'));
    // What was drawn before this frame is on the screen with the next one.
    await frame();
    return performance.now() - from;
  }, act);
}

/** Frames a second while every frame shows another part of the map. */
function frameRate(panel: Frame, how: 'pan' | 'zoom' | 'dot'): Promise<number> {
  return panel.evaluate(async (gesture) => {
    const page = globalThis as unknown as Page;
    const frame = (): Promise<number> => new Promise((done) => page.requestAnimationFrame(done));
    const surface = page.document.querySelector('.tile .tile-surface')!;
    const { left, top, width, height } = surface.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const frames = 150;
    const dot = page.document.querySelector('.tile h3')!;
    const began = await frame();
    let now = began;
    for (let index = 1; index <= frames; index += 1) {
      const angle = (index / frames) * 4 * Math.PI;
      const at = { clientX: x + 60 * Math.cos(angle), clientY: y + 60 * Math.sin(angle), bubbles: true };
      if (gesture === 'dot') dot.style.color = index % 2 === 0 ? 'red' : 'blue';
      else
        surface.dispatchEvent(
          gesture === 'pan'
            ? new page.PointerEvent('pointermove', { ...at, pointerId: 1, buttons: 1 })
            : new page.WheelEvent('wheel', { ...at, deltaY: 12 * Math.sin(angle), ctrlKey: true, cancelable: true }),
        );
      now = await frame();
    }
    return (1000 * frames) / (now - began);
  }, how);
}

export const speed: EditorTest[] = [
  {
    name: 'another image or epoch is on the screen at once',
    again: true,
    async run(session) {
      const folder = join(session.folder, '../speed');
      const run = await sampleRun(session, folder);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      const panel = await openHeatmap(session, run, {});
      const times: Record<'image' | 'epoch' | 'played', number[]> = { image: [], epoch: [], played: [] };
      for (let image = 0; image < 9; image += 1) {
        times.image.push(await timed(panel, { click: 'button[aria-label="Next image"]' }));
        // Far away, before the epochs around it have been asked for ahead.
        times.epoch.push(await timed(panel, { epoch: image % 2 === 0 ? 1 : 12 }));
        await until('thumbnails', async () => (await panel.locator('.thumbnail canvas').count()) > 10);
        times.played.push(await timed(panel, { epoch: 6 }));
      }
      // The first one also waits for what every first one waits for.
      figure(
        'heatmap of the sample: from "next image" to the picture (median of 9)',
        median(times.image),
        'ms',
        aims.picture,
      );
      figure('the slowest of them', Math.max(...times.image), 'ms');
      figure('an epoch that nothing had been computed of (median of 9)', median(times.epoch), 'ms', aims.picture);
      figure('the slowest of them', Math.max(...times.epoch), 'ms');
      figure('an epoch that has its thumbnail (median of 9)', median(times.played), 'ms', aims.picture);
      const slowest = Math.max(median(times.image), median(times.epoch), median(times.played));
      check(slowest < tolerance * aims.picture, JSON.stringify(times));
    },
  },
  {
    name: 'a map of 2,048 × 2,048 pixels follows the pointer',
    again: true,
    async run(session) {
      const folder = join(session.folder, '../speed');
      const run = await untilRun(session, 'the run', (one) => one.folder.startsWith(folder));
      const file = join(folder, 'large.png');
      // The sample is looked at in half its size.
      await sharp(join(folder, 'images/phantom-01.png')).resize(4096, 4096, { fit: 'fill' }).png().toFile(file);
      const panel = await openHeatmap(session, run, { image: { path: file } });
      await until('its map', async () => /large/.test((await panel.locator('h1').textContent()) ?? ''));
      await until('the map', async () => (await panel.locator('.tile-message:not([hidden])').count()) === 0, 90);
      // Until then the inspector computes on the same cores.
      await until('thumbnails', async () => (await panel.locator('.thumbnail canvas').count()) > 10, 90);
      await panel.locator('.chip', { hasText: /^Photograph$/ }).click();
      await until('one map', async () => (await panel.locator('.tile').count()) === 1);
      const summary = (await panel.locator('.tile').getAttribute('aria-label')) ?? '';
      const box = (await panel.locator('.tile .tile-surface').boundingBox())!;
      const zooming = await frameRate(panel, 'zoom');
      await session.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await session.page.mouse.down();
      const panning = await frameRate(panel, 'pan');
      await session.page.mouse.up();
      const most = await frameRate(panel, 'dot');
      await session.picture('heatmap of 2048 pixels');
      figure('the most that this page can show here: one word changes its colour', most, 'frames/s');
      figure('moving a map of 2,048 × 2,048', panning, 'frames/s', aims.frames);
      figure('coming closer and moving away', zooming, 'frames/s', aims.frames);
      check(Math.min(panning, zooming) > aims.frames / tolerance, `${panning} and ${zooming} frames a second`);
      check(summary !== '', 'the map has no summary');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await setRunsFolders(session, []);
      await rm(folder, { recursive: true });
    },
  },
];
