import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { engine, finishedRun } from './finishedRun';
import { onRun, runs, type SeenRun } from './runs';
import type { Session } from './session';
import { onlyTimeout, until } from './session';
import { check, type EditorTest, same } from './tests';

const rowsOf = (session: Session): Locator => session.page.locator('.sidebar .pane-body .monaco-list-row');

/** The rows of the runs view that hold a text. */
const rowWith = (session: Session, text: string): Locator => rowsOf(session).filter({ hasText: text });

/** Selects the row of a run and opens what is below it. */
async function openRun(session: Session, run: SeenRun): Promise<void> {
  await session.api(({ commands }) => commands.executeCommand('losscape.runs.focus'));
  await onRun(session, 'losscape.revealRun', run.folder);
  const row = session.page.locator('.sidebar .pane-body .monaco-list-row.focused');
  await until('the row to open', async () => {
    if ((await row.getAttribute('aria-expanded')) === 'false') await session.page.keyboard.press('ArrowRight');
    return (await row.getAttribute('aria-expanded')) === 'true';
  });
}

/** Chooses an entry of the context menu of a row. */
async function choose(session: Session, row: Locator, entry: string): Promise<void> {
  const menu = session.page.locator('.context-view .action-item', { hasText: new RegExp(`^${entry}`) });
  await until(`"${entry}" to be chosen`, async () => {
    // Away from where a hover of another row would come up over this one.
    await session.page.mouse.move(700, 300);
    await row.click({ button: 'right' });
    await menu.first().waitFor();
    await session.page.waitForTimeout(300); // the menu does not hear what comes at once
    // It closes when the focus goes elsewhere, to a terminal whose task has ended for one.
    return menu
      .first()
      .click({ timeout: 3000 })
      .then(() => true)
      .catch(onlyTimeout);
  });
}

export const children: EditorTest[] = [
  {
    name: 'descents and surfaces stand below their run, and open from there',
    again: true,
    async run(session) {
      const run = await finishedRun(session);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await rm(join(run.folder, 'surfaces'), { recursive: true, force: true });
      await session.api(({ commands }) => commands.executeCommand('losscape.refresh'));
      const [image] = await session.api(({ extensions }, folder) => {
        const { store } = extensions.getExtension<{
          store: { get(folder: string): { entry: { document: { dataset: { test: string[] } } } } };
        }>('losscape.losscape')!.exports;
        return store.get(folder).entry.document.dataset.test;
      }, run.folder);
      // From a terminal: nothing but the folders tells the view.
      await engine(session, ['descend', run.folder, `--image=${image}`, '--losses=focal-2', '--steps=4', '--every=2']);
      await engine(session, ['surface', run.folder, '--points=3']);
      await session.api(({ commands }) => commands.executeCommand('losscape.refresh'));
      await openRun(session, run);
      await rowWith(session, 'descent').filter({ hasText: image! }).first().waitFor();
      await rowWith(session, 'Random plane').filter({ hasText: '3 × 3' }).first().waitFor();
      await session.pictures3('descents and surfaces below a run');
      await rowWith(session, 'Random plane').first().click();
      await session.panel('[data-panel="surface"] .pane-chart canvas', 90);
      await rowWith(session, 'descent').filter({ hasText: image! }).first().click();
      await session.panel('[data-panel="descent"] .tile', 60);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
  {
    name: 'a surface that is being sampled grows in the view, and is stopped and gone on with from its row',
    async run(session) {
      const run = await finishedRun(session);
      await openRun(session, run);
      await session.api(({ commands }, folder) => {
        void commands.executeCommand('losscape.sampleSurface', {
          type: 'losscape-surface',
          runs: [folder],
          plane: 'random',
          points: 65,
        });
      }, run.folder);
      const row = rowWith(session, '65 × 65').first();
      await row.waitFor({ timeout: 60_000 });
      const points = async (): Promise<number> =>
        Number(/sampling (\d+)\/4225/.exec((await row.textContent()) ?? '')?.[1] ?? NaN);
      const before = await until('its first points', async () => (await points()) || undefined);
      await until('more points', async () => (await points()) > before);
      await session.picture('a surface grows below its run');
      await choose(session, row, 'Stop');
      await until('it to stop', async () => /stopped \d+\/4225/.test((await row.textContent()) ?? ''));
      await choose(session, row, 'Go on');
      await until('it to go on', async () => (await points()) > before);
      await choose(session, row, 'Stop');
      await until('it to stop again', async () => /stopped \d+\/4225/.test((await row.textContent()) ?? ''));
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
  {
    name: 'the path of a descent is copied, and Delete asks once and takes it away',
    again: true,
    async run(session) {
      const run = await finishedRun(session);
      await openRun(session, run);
      const row = rowWith(session, 'descent').first();
      // Else the browser asks, and waits.
      await session.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await choose(session, row, 'Copy path');
      const path = await until('the path', async () => {
        const text = await session.page.evaluate<string>('navigator.clipboard.readText()');
        return text.includes('descent') && text;
      });
      check(existsSync(join(path, 'run.json')), path);
      const before = (await runs(session)).length;
      // The key, for what is selected: it must not ask whether to delete the run.
      await session.page.mouse.move(700, 300);
      await row.click();
      await session.panel('[data-panel="descent"] .tile', 60);
      await session.api(({ commands }) => commands.executeCommand('losscape.runs.focus'));
      await session.page.keyboard.press('Delete');
      const dialog = session.page.locator('.monaco-dialog-box');
      await until('the question', async () => (await dialog.textContent())?.includes('Delete this descent?'));
      check((await dialog.textContent())!.includes(basename(path)), 'the question names the folder');
      await session.picture('delete a descent');
      await session.answerDialog('Move to Trash');
      await session.answerDialog('Delete for Good');
      await until('it to be gone', () => Promise.resolve(!existsSync(path)));
      same((await runs(session)).length, before, 'number of runs');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      same(session.complaints, [], 'complaints in the developer console');
    },
  },
  {
    name: 'a descent whose run is deleted is still found',
    again: true,
    async run(session) {
      const run = await finishedRun(session);
      const id = '20000101-000000-phantom-copy-aaaa';
      const copy = join(session.folder, 'runs', id);
      await cp(run.folder, copy, { recursive: true });
      const document = JSON.parse(await readFile(join(copy, 'run.json'), 'utf8')) as { dataset: { test: string[] } };
      await writeFile(join(copy, 'run.json'), JSON.stringify({ ...document, id }));
      const image = document.dataset.test[0]!;
      await engine(session, ['descend', copy, `--image=${image}`, '--losses=focal-2', '--steps=2', '--every=1']);
      await session.api(({ commands }) => commands.executeCommand('losscape.runs.focus'));
      await rm(copy, { recursive: true });
      const group = rowWith(session, 'Descents without their run');
      await group.waitFor({ timeout: 60_000 });
      await group.locator('.monaco-tl-twistie').click();
      const row = rowWith(session, image).last();
      await row.waitFor();
      await session.picture('a descent without its run');
      await choose(session, row, 'Delete');
      await session.answerDialog('Move to Trash');
      await session.answerDialog('Delete for Good');
      await until('the group to go', async () => (await group.count()) === 0);
    },
  },
];
