import type { Frame } from 'playwright-core';
import { onRun, untilRun } from './runs';
import { type Session, until } from './session';
import { check, type EditorTest, same } from './tests';

/** Draws a box on the first chart of a panel, from and to shares of its width. */
async function drag(session: Session, panel: Frame, from: number, to: number): Promise<void> {
  const chart = panel.locator('figure .chart').first();
  await chart.scrollIntoViewIfNeeded();
  const box = (await chart.boundingBox())!;
  const y = box.y + 90;
  await session.page.mouse.move(box.x + from * box.width, y);
  await session.page.mouse.down();
  await session.page.mouse.move(box.x + ((from + to) / 2) * box.width, y + 2, { steps: 4 });
  await session.page.mouse.move(box.x + to * box.width, y + 2, { steps: 4 });
  await session.page.mouse.up();
}

/** What of a canvas is needed here, where the browser's types are not known. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
  };
}

const resets = (panel: Frame): Promise<number> =>
  panel.locator('figure .tools button:visible', { hasText: 'reset' }).count();

export const panels: EditorTest[] = [
  {
    name: 'a zoom lasts through a reload, and a double click ends it',
    again: true,
    async run(session) {
      const run = await untilRun(session, 'a finished run', ({ status }) => status === 'finished');
      await onRun(session, 'losscape.openMetrics', run.folder);
      const before = await session.panel('main.figures figure canvas');
      check((await resets(before)) === 0, 'zoomed from the start');
      await drag(session, before, 0.4, 0.7);
      await until('the zoom', async () => (await resets(before)) > 0);
      await session.picture('metrics zoomed');
      await session.reload();
      const after = await session.panel('main.figures figure canvas', 60);
      await until('the zoom after the reload', async () => (await resets(after)) > 0);
      await after
        .locator('figure .chart')
        .first()
        .dblclick({ position: { x: 200, y: 90 } });
      await until('all of it', async () => (await resets(after)) === 0);
    },
  },
  {
    name: 'a click on an epoch shows its images, and a click on an image opens it',
    again: true,
    async run(session) {
      const panel = await session.panel('main.figures figure canvas');
      const chart = panel.locator('figure .chart').nth(1);
      await chart.scrollIntoViewIfNeeded();
      const box = (await chart.boundingBox())!;
      await chart.click({ position: { x: box.width * 0.6, y: 90 } });
      const inspector = panel.locator('aside.inspector');
      await inspector.locator('.images tbody tr').first().waitFor();
      check((await inspector.locator('circle.dot').count()) === 8, 'a dot for each of the 8 images');
      await session.pictures3('metrics panel epoch');
      const name = inspector.locator('.images tbody th button').first();
      const image = (await name.textContent())!.trim();
      await name.click();
      await until('the image', () =>
        session.api(
          ({ window }, wanted) => window.tabGroups.all.some(({ activeTab }) => activeTab?.label.startsWith(wanted)),
          image,
        ),
      );
      await session.picture('image of an epoch');
    },
  },
  {
    name: 'a hidden panel is whole again when it is shown',
    again: true,
    async run(session) {
      // The image was opened over the panel.
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeActiveEditor'));
      const panel = await session.panel('main.figures figure canvas');
      await until('the inspector', async () => (await panel.locator('aside.inspector .images tr').count()) > 0);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
  {
    name: 'the comparison shows curves of every run, side by side and overlaid',
    again: true,
    async run(session) {
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closePanel'));
      const finished = await session.api(({ extensions }) => {
        const { store } = extensions.getExtension<{
          store: { all(): { folder: string; entry: { status?: string } }[] };
        }>('losscape.losscape')!.exports;
        return store.all().flatMap((run) => (run.entry.status === 'finished' ? [run.folder] : []));
      });
      check(finished.length >= 2, 'two finished runs');
      await session.api(async ({ extensions }, folders) => {
        const { panels } = extensions.getExtension<{ panels: { openComparison(folders: string[]): void } }>(
          'losscape.losscape',
        )!.exports;
        panels.openComparison(folders);
        // Asked for again before the first is there, and in another order: it is the same panel.
        panels.openComparison([...folders].reverse());
        await Promise.resolve();
      }, finished);
      const panel = await session.panel('figure canvas');
      const figure = panel.locator('figure', { hasText: 'Accuracy' }).first();
      await figure.scrollIntoViewIfNeeded();
      await session.pictures3('comparison side by side');
      // Every pane has ink of its own: the pixels of each half of the canvas differ from its background.
      await until(
        'both panes to be drawn',
        async () => {
          const shares = await figure
            .locator('canvas')
            .first()
            .evaluate((node) => {
              const canvas = node as unknown as Canvas;
              const { width, height } = canvas;
              const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
              return [0, 1].map((half) => {
                let coloured = 0;
                for (let y = 0; y < height; y += 1) {
                  for (let x = (half * width) / 2; x < ((half + 1) * width) / 2; x += 1) {
                    const at = 4 * (y * width + Math.floor(x));
                    const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
                    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured += 1;
                  }
                }
                return coloured;
              });
            });
          return shares.every((count) => count > 100);
        },
        5,
      );
      const tabs = await session.api(({ window }) =>
        window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label)),
      );
      same(tabs.filter((label) => label.startsWith('Comparison')).length, 1, 'comparison panels');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
];
