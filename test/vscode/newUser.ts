import type { Locator } from 'playwright-core';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runs } from './runs';
import { until } from './session';
import { check, type EditorTest, same } from './tests';

export const newUser: EditorTest[] = [
  {
    name: 'from an empty window to a comparison of two losses in under 10 clicks',
    async run(session) {
      const { page } = session;
      let clicks = 0;
      const click = async (target: Locator): Promise<void> => {
        await target.waitFor({ state: 'visible', timeout: 60_000 });
        await target.click();
        clicks += 1;
        await session.picture(`new user, click ${clicks}`);
      };
      await click(page.locator('.activitybar .action-item a[aria-label^="Losscape"]'));
      await click(page.locator('.welcome-view .monaco-button', { hasText: 'Create Sample Data' }));
      // The dialog proposes a folder; a test wants its own.
      await page.locator('.quick-input-widget input[type="text"]').waitFor({ state: 'visible' });
      await session.answerFileDialog(`${session.folder}/`);
      clicks += 1;
      // The window opens the folder that was written, with its experiment file and the runs view.
      await until('the sample', () => Promise.resolve(page.url().includes('losscape-sample')), 90);
      await session.ready();
      await page.locator('.codelens-decoration a', { hasText: 'Train all' }).waitFor({ timeout: 60_000 });
      await session.picture('new user, the sample');
      // A person waits for the 30 epochs of the sample; here a few have to do.
      const file = join(session.folder, 'losscape-sample/phantom.losscape.json');
      await writeFile(file, (await readFile(file, 'utf8')).replace('"epochs": 30', '"epochs": 4'));
      await page.locator('.view-line', { hasText: '"epochs": 4' }).waitFor();
      // The first loss and the last one: plain cross-entropy and focal.
      const trains = page.locator('.codelens-decoration a', { hasText: /Train$/ });
      await click(trains.first());
      await page.locator('.notification-list-item', { hasText: 'Starting to train' }).waitFor({ state: 'hidden' });
      await click(trains.last());
      await until(
        'both runs',
        async () => {
          const all = await runs(session);
          return all.length >= 2 && all.every(({ status }) => status === 'finished');
        },
        600,
      );
      await click(page.locator('.codelens-decoration a', { hasText: 'Compare all' }));
      const panel = await session.panel('table');
      await until('both losses', async () => (await panel.locator('table').first().locator('tbody tr').count()) >= 2);
      check(clicks < 10, `${clicks} clicks`);
      console.log(`    ${clicks} clicks`);
      await session.pictures3('new user, comparison');
      const folder = await session.api(({ workspace }) => workspace.workspaceFolders![0]!.uri.fsPath);
      same(folder, join(session.folder, 'losscape-sample'), 'the folder that is open');
    },
  },
];
