import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Frame } from 'playwright-core';
import { finishedRun } from './finishedRun';
import { onRun, type SeenRun } from './runs';
import type { Session } from './session';
import { until } from './session';
import { check, type EditorTest } from './tests';

export const openPanel = (session: Session): Promise<Frame> =>
  session.panel('[data-panel="surface"] .pane-chart canvas', 90);

const progress = async (panel: Frame): Promise<string> => (await panel.locator('header .live').textContent()) ?? '';

const donePoints = async (panel: Frame): Promise<number> =>
  Number(/(\d+) (?:of \d+ )?points/.exec(await progress(panel))?.[1] ?? 0);

/** Starts the sampling of a surface as the command does once everything has been asked. */
const sample = (session: Session, run: SeenRun, points: number): Promise<unknown> =>
  session.api(
    ({ commands }, [folder, side]) => {
      // Not waited for: its panel opens when there is something to see.
      void commands.executeCommand('losscape.sampleSurface', {
        type: 'losscape-surface',
        runs: [folder],
        plane: 'random',
        points: side,
      });
    },
    [run.folder, points] as [string, number],
  );

export const surface: EditorTest[] = [
  {
    name: 'a loss surface opens while it is being sampled, and grows',
    async run(session) {
      const run = await finishedRun(session);
      await rm(join(run.folder, 'surfaces'), { recursive: true, force: true });
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await sample(session, run, 33);
      const panel = await openPanel(session);
      check((await progress(panel)).startsWith('sampling'), `it is not being sampled: ${await progress(panel)}`);
      const before = await donePoints(panel);
      await until('more points', async () => (await donePoints(panel)) > before, 60);
      await panel.locator('.notice', { hasText: 'not sampled yet' }).waitFor();
      await session.picture('surface sampling');
    },
  },
  {
    name: 'a point that is clicked segments the image, and a dragged one the latest',
    async run(session) {
      const panel = await openPanel(session);
      const chart = panel.locator('.pane-chart').first();
      const box = (await chart.boundingBox())!;
      await chart.click({ position: { x: box.width / 2, y: box.height / 2 } });
      const maps = panel.locator('.network-maps');
      await maps.locator('canvas').nth(2).waitFor({ timeout: 60_000 });
      const at = await maps.getAttribute('data-at');
      await chart.hover({ position: { x: box.width / 2, y: box.height / 2 } });
      await session.page.mouse.down();
      for (let step = 0; step <= 8; step += 1) await chart.hover({ position: { x: 80 + 10 * step, y: 60 + 6 * step } });
      await session.page.mouse.up();
      await until('the network at another point', async () => (await maps.getAttribute('data-at')) !== at);
      const cursor = await panel.locator('.reading thead').textContent();
      const [a] = (await until('the latest point', () => maps.getAttribute('data-at'))).split(',').map(Number);
      check(
        cursor?.includes(`a = ${String(Number(a!.toPrecision(4))).replace('-', '−')}`) === true,
        `the maps are of a = ${a}, the table says ${cursor}`,
      );
      await session.pictures3('surface');
    },
  },
  {
    name: 'scales, points and three dimensions, or a word why not',
    async run(session) {
      const panel = await openPanel(session);
      const choose = async (label: string, text: string): Promise<void> => {
        await panel.locator(`vscode-dropdown[aria-label="${label}"]`).click();
        await panel.locator(`vscode-dropdown[aria-label="${label}"] vscode-option`, { hasText: text }).first().click();
      };
      await choose('Scale', 'rank');
      await choose('View', 'Points');
      await session.picture('surface points');
      await choose('View', 'In 3D');
      await until(
        'three dimensions',
        async () =>
          (await panel.locator('.box3d canvas').count()) > 0 ||
          (await panel.locator('.notice', { hasText: 'no WebGL' }).count()) > 0,
        60,
      );
      await session.picture('surface 3d');
      await choose('View', 'Contours');
    },
  },
  {
    name: 'the loss surface comes back after a reload, and opens from its run',
    async run(session) {
      const run = await finishedRun(session);
      await session.reload();
      const panel = await openPanel(session);
      await until('the cursor', async () => (await panel.locator('.reading thead').textContent())?.includes('a = '));
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await onRun(session, 'losscape.openSurface', run.folder);
      const again = await openPanel(session);
      const listed = await again.locator('vscode-dropdown[aria-label="Surface"] vscode-option').allTextContents();
      check(
        listed.some((name) => name.includes(basename(run.folder))),
        listed.join(', '),
      );
      await session.api(async ({ tasks, commands }) => {
        for (const execution of tasks.taskExecutions) {
          if (execution.task.definition.type === 'losscape-surface') execution.terminate();
        }
        await commands.executeCommand('workbench.action.closeAllEditors');
      });
      check(session.complaints.length === 0, session.complaints.join('\n'));
    },
  },
];
