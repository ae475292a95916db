import type { Frame } from 'playwright-core';
import { finishedRun } from './finishedRun';
import { onRun } from './runs';
import type { Session } from './session';
import { until } from './session';
import { type EditorTest, same } from './tests';

const openPanel = (session: Session): Promise<Frame> => session.panel('[data-panel="descent"] .tile', 120);

/** Takes what a question of the editor proposes. */
async function take(session: Session, question: string, before?: (input: string) => Promise<void>): Promise<void> {
  const widget = session.page.locator('.quick-input-widget');
  await until(question, async () => (await widget.textContent())?.includes(question));
  await before?.('.quick-input-widget input');
  await session.page.keyboard.press('Enter');
}

const statusOf = async (panel: Frame): Promise<string> => (await panel.locator('.live').textContent()) ?? '';

export const descent: EditorTest[] = [
  {
    name: 'a descent is asked for, runs as a task, and its panel follows it to its end',
    async run(session) {
      const run = await finishedRun(session);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      const asked = onRun(session, 'losscape.descend', run.folder);
      await take(session, 'the newest');
      await take(session, 'test');
      await take(session, 'focal γ=5 (detached)');
      await take(session, 'under each loss', async (input) => {
        await session.page.locator(input).fill('20');
      });
      await asked;
      const panel = await openPanel(session);
      await until('its end', async () => (await statusOf(panel)) === 'finished, 100 of 100 steps', 180);
      same(await panel.locator('.tile').count(), 5, 'maps side by side');
      await session.pictures3('descent');
    },
  },
  {
    name: 'the slider, the brackets and the layers change what the maps of a descent show',
    async run(session) {
      const panel = await openPanel(session);
      const label = panel.locator('.epoch-label');
      same(await label.textContent(), 'step 20 of 20', 'the newest step');
      await panel.locator('.stage').focus();
      await session.page.keyboard.press('[');
      await until('the step before', async () => (await label.textContent()) === 'step 18 of 20');
      await panel.locator('.scrubber-row input[type="range"]').fill('0');
      await until('the beginning', async () => (await label.textContent()) === 'step 0 of 20');
      // All losses begin with the same network.
      const cells = panel.locator('.step-numbers tbody tr td:nth-child(4)');
      same(new Set(await cells.allTextContents()).size, 1, 'confidences at the beginning');
      await panel.locator('[data-chip="loss"]').click();
      await panel.locator('.shared-bar').waitFor();
      await session.picture('descent loss');
    },
  },
  {
    name: 'a descent comes back after a reload, and is found again',
    async run(session) {
      await session.reload();
      const panel = await openPanel(session);
      await until('the step', async () => (await panel.locator('.epoch-label').textContent()) === 'step 0 of 20');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      const asked = session.api(({ commands }) => commands.executeCommand('losscape.openDescent'));
      await take(session, '100 of 100 steps, finished');
      await asked;
      await openPanel(session);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      same(session.complaints, [], 'complaints in the developer console');
    },
  },
];
