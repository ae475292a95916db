import { setTimeout as delay } from 'node:timers/promises';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { writeRun, writeRuns } from '../../bench/manyRuns';
import { median } from '../../bench/measure';
import { figure } from './figures';
import { setRunsFolders } from './runs';
import { type Session, until } from './session';
import { check, type EditorTest } from './tests';

const count = 5000;
/** What a person is to wait for at most, in milliseconds, with nothing else running on the machine. */
const aims = { firstPaint: 1000, update: 100 };
/** Other programs may hold a single measurement up; only what is far off fails. */
const tolerance = 6;

/** The clock when a row of the runs view first reads like this. The page and the tests share one clock. */
function rowAppears(page: Page, text: string): Promise<number> {
  return page
    .waitForFunction(
      (wanted) => {
        const { document } = globalThis as unknown as {
          document: { querySelectorAll(selector: string): Iterable<{ textContent: string | null }> };
        };
        const rows = [...document.querySelectorAll('.sidebar .pane-body .monaco-list-row')];
        return rows.some((row) => row.textContent?.includes(wanted)) && Date.now();
      },
      text,
      { polling: 'raf', timeout: 15_000 },
    )
    .then((handle) => handle.jsonValue() as Promise<number>);
}

export const thousands: EditorTest[] = [
  {
    name: `${count} run folders outside the workspace are shown and followed without a wait`,
    again: true,
    async run(session) {
      const folder = join(session.folder, '../many/runs');
      await mkdir(folder, { recursive: true });
      await writeRuns(folder, count);
      await session.api(({ commands }) => commands.executeCommand('losscape.runs.focus'));
      await until('the view', async () => (await session.page.locator('.sidebar .monaco-list-row').count()) > 0);
      const appears = rowAppears(session.page, 'retina');
      const set = Date.now();
      await setRunsFolders(session, [folder]);
      const firstPaint = (await appears) - set;
      const total = await until('all of them', () =>
        session.api(({ extensions }, wanted) => {
          const { store } = extensions.getExtension<{ store: { all(): unknown[] } }>('losscape.losscape')!.exports;
          return store.all().length >= wanted && store.all().length;
        }, count),
      );
      check(total >= count, `${total} runs`);
      await session.picture('5000 runs');
      const updates: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        // A run that is being made elsewhere, in the group of the newest runs, which stands on top.
        const newest = count - 1 + 12;
        await delay(700); // changes are gathered for a while: each is to be the first one
        const label = `retina ${newest % 12}`;
        const before = await until('the group on top', () => rowText(session, label));
        const runs = Number(/^(\d+) runs/.exec(before.slice(label.length).trim())?.[1]);
        const shown = rowAppears(session.page, `${label}${runs + 1} runs`);
        await writeRun(join(folder, `20270101-00000${round}-retina-focal-2-abcd`), newest);
        const written = Date.now();
        updates.push((await shown) - written);
      }
      const update = median(updates);
      const label = count.toLocaleString('en');
      figure(`${label} run folders: from the setting to the first row`, firstPaint, 'ms', aims.firstPaint);
      figure('a new run folder among them, until it is on the screen (median of 5)', update, 'ms', aims.update);
      check(firstPaint < tolerance * aims.firstPaint, `first paint after ${firstPaint} ms`);
      check(update < tolerance * aims.update, `updates after ${updates.join(', ')} ms`);
      await setRunsFolders(session, []);
      await rm(join(session.folder, '../many'), { recursive: true });
      await until(
        'the others alone',
        async () => !(await session.page.locator('.sidebar .monaco-list-row', { hasText: 'retina' }).count()),
      );
    },
  },
];

async function rowText(session: Session, label: string): Promise<string | undefined> {
  const rows = await session.page.locator('.sidebar .pane-body .monaco-list-row').allTextContents();
  return rows.find((row) => row.startsWith(label));
}
