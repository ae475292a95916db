import { cp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { finishedRun } from './finishedRun';
import { runs, untilRun } from './runs';
import type { Session } from './session';
import { until } from './session';
import { check, type EditorTest, same } from './tests';

interface Document {
  formatVersion: number;
  id: string;
  loss: { name: string; label: string; spec: unknown };
  dataset: { test: string[] };
}

/** What the extension hands to tests, as far as these use it. */
interface Exported {
  readonly panels: { openHeatmap(folders: string[], target?: object): void };
}

const name = '20991231-000000-phantom-odd-zzzz';

/** Opens the heatmap of a run as the panels open it for each other. */
async function open(session: Session, folder: string, target?: object): Promise<Frame> {
  await session.api(
    ({ extensions }, [path, what]) => {
      extensions.getExtension<Exported>('losscape.losscape')!.exports.panels.openHeatmap([path], what);
    },
    [folder, target] as [string, object | undefined],
  );
  return session.panel('[data-panel="heatmap"]', 60);
}

const says = (panel: Frame, what: RegExp): Promise<unknown> =>
  until(`"${what.source}" in the panel`, async () => what.test((await panel.locator('body').innerText()) ?? ''), 60);

const closeAll = (session: Session): Promise<unknown> =>
  session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));

/** Changes the run.json of a run, and waits until that is known. */
async function change(session: Session, folder: string, by: (document: Document) => void): Promise<void> {
  const file = join(folder, 'run.json');
  const document = JSON.parse(await readFile(file, 'utf8')) as Document;
  by(document);
  await writeFile(file, JSON.stringify(document));
  await session.api(({ commands }) => commands.executeCommand('losscape.refresh'));
}

export const badInput: EditorTest[] = [
  {
    name: 'the heatmap of a run with a cut-off checkpoint, a foreign loss and a missing image says what is wrong',
    async run(session) {
      const run = await finishedRun(session);
      const folder = join(session.folder, 'runs', name);
      await closeAll(session);
      await rm(folder, { recursive: true, force: true });
      await cp(run.folder, folder, { recursive: true });
      let images: string[] = [];
      await change(session, folder, (document) => {
        document.id = name;
        document.loss = { name: 'tversky', label: 'Tversky α=0.3', spec: { type: 'tversky', alpha: 0.3 } };
        images = document.dataset.test;
      });
      await untilRun(session, 'the copy', (one) => one.folder === folder && one.status === 'finished');
      const checkpoints = join(folder, 'checkpoints');
      const last = (await readdir(checkpoints))
        .filter((file) => file.startsWith('epoch-'))
        .sort()
        .at(-1)!;
      await truncate(join(checkpoints, last), 1000);

      const epoch = Number(/\d+/.exec(last)![0]);
      const panel = await open(session, folder, { epoch, image: { name: images[0], split: 'test' } });
      await says(panel, new RegExp(`checkpoint of epoch ${epoch} is damaged: this is epoch ${epoch - 1}`));
      await panel.locator('.chip', { hasText: /^Loss$/ }).click();
      await says(panel, /“?"?tversky"?”? is no loss that this version knows/);
      await session.picture('bad input, a foreign loss');
      // What counts with losses, too, has to live with one that it cannot compute.
      await panel.locator('.stage').focus();
      await session.page.keyboard.press('ArrowRight');
      await panel.locator('.reading table').first().waitFor();
      await panel.locator('.budgets > summary').click();
      await panel.locator('.budgets .numbers').first().waitFor({ state: 'attached' });
      await panel.locator('.chip', { hasText: /^Loss$/ }).click();
      await until('the other maps', async () => (await panel.locator('.tile-message:not([hidden])').count()) === 0);

      const [, gone] = images;
      const file = join(session.folder, 'images', `${gone}.png`);
      await rename(file, `${file}.away`);
      try {
        await open(session, folder, { epoch: 1, image: { name: gone, split: 'test' } });
        await says(panel, /is no longer there/);
        await session.picture('bad input, an image that is gone');
      } finally {
        await rename(`${file}.away`, file);
      }
    },
  },
  {
    name: 'a panel of a run without checkpoints, or of a newer format, is not blank',
    async run(session) {
      const folder = join(session.folder, 'runs', name);
      await closeAll(session);
      await rm(join(folder, 'checkpoints'), { recursive: true });
      const empty = await open(session, folder);
      await says(empty, /keeps no weights/);
      await session.picture('bad input, no checkpoints');
      await closeAll(session);
      await change(session, folder, (document) => (document.formatVersion = 99));
      await untilRun(
        session,
        'it to be of a newer format',
        (one) => one.folder === folder && one.status === 'unreadable',
      );
      const newer = await open(session, folder);
      await says(newer, /cannot be read/);
      await session.picture('bad input, a newer format');
      await closeAll(session);
      await rm(folder, { recursive: true });
      await until('it to be gone', async () => !(await runs(session)).some((one) => one.folder === folder));
      const complaints = session.complaints.splice(0);
      check(
        complaints.every((complaint) => !/TypeError|ReferenceError/.test(complaint)),
        complaints.join('\n'),
      );
      same(complaints, [], 'complaints in the developer console');
    },
  },
];
