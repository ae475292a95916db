import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { figure } from './figures';
import { onRun, runs, treeRows, untilRun } from './runs';
import type { Session } from './session';
import { until } from './session';
import { check, type EditorTest } from './tests';

const file = 'phantom.losscape.json';
/** The same with one loss and more epochs than anyone waits for. */
const longFile = 'long.losscape.json';

const lensTitles = (session: Session): Promise<string[]> =>
  session.page.locator('.codelens-decoration a').allTextContents();

export const training: EditorTest[] = [
  {
    name: 'Train U-Net from the palette until finished, the tree live meanwhile',
    async run(session) {
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await session.open(file);
      await session.command('Losscape: Train U-Net');
      const input = session.page.locator('.quick-input-widget');
      await input.locator('.monaco-list-row', { hasText: 'phantom.losscape.json' }).first().waitFor();
      await session.picture('train, which experiment');
      await session.page.keyboard.press('Enter');
      await input.locator('.monaco-list-row', { hasText: 'focal' }).first().waitFor();
      await session.picture('train, which losses');
      await session.page.keyboard.press('Enter');
      await session.api(({ commands }) => commands.executeCommand('losscape.runs.focus'));
      const seen = new Set<string>();
      await until(
        'two finished runs',
        async () => {
          for (const row of await treeRows(session)) seen.add(row);
          const all = await runs(session);
          if (all.some(({ status }) => status === 'running')) await session.picture('while training').catch(() => null);
          return all.length === 2 && all.every(({ status }) => status === 'finished');
        },
        300,
      );
      const documents = await Promise.all(
        (await runs(session)).map(async ({ folder }) => {
          const { started, finished } = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as Record<
            string,
            string
          >;
          return { started: Date.parse(started!), finished: Date.parse(finished!) };
        }),
      );
      documents.sort((a, b) => a.started - b.started);
      const gap = documents[1]!.started - documents[0]!.finished;
      figure('from the end of a training to the start of the next one in the queue', gap, 'ms');
      const moving = [...seen].filter((row) => /\b[1-9]\d*\/\d+/.test(row));
      check(moving.length >= 2, `the tree stood still:\n${[...seen].join('\n')}`);
      await until('the tree to show the end', async () =>
        (await treeRows(session)).some((row) => /focal γ=2/.test(row)),
      );
      await session.pictures3('runs view');
    },
  },
  {
    name: 'the metrics panel shows the curves',
    again: true,
    async run(session) {
      const [first] = await runs(session);
      await onRun(session, 'losscape.openMetrics', first!.folder);
      const panel = await session.panel('main.figures figure');
      await panel.locator('figure canvas, figure svg').first().waitFor();
      await panel.locator('summary', { hasText: 'Numbers' }).first().click();
      await until('the numbers', async () => (await panel.locator('.numbers tbody tr').count()) >= 8);
      await session.pictures3('metrics panel');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
  {
    name: 'the lenses tell of the runs and compare them',
    again: true,
    async run(session) {
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closePanel'));
      await session.open(file);
      const titles = await until('lenses about runs', async () => {
        const found = await lensTitles(session);
        return found.some((title) => /^1 run, best test IoU 0\.\d\d$/.test(title)) && found;
      });
      check(titles.includes('Compare all'), titles.join(' | '));
      await session.picture('lenses with runs');
      await session.page.locator('.codelens-decoration a', { hasText: 'Compare all' }).click();
      const panel = await session.panel('table');
      await until('both losses', async () => /focal γ=2/.test((await panel.locator('body').textContent()) ?? ''));
      await session.pictures3('comparison panel');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
  {
    name: 'stop and resume',
    again: true,
    async run(session) {
      await copyFile(join(session.folder, file), join(session.folder, longFile));
      await session.rewrite(longFile, (text) => text.replace('"epochs": 40', '"epochs": 100000'));
      await session.api(
        ({ commands, Uri }, path) => {
          void commands.executeCommand('losscape.train', Uri.file(path), ['focal-2']);
        },
        join(session.folder, longFile),
      );
      const { folder } = await untilRun(
        session,
        'a running run',
        ({ status, epochs }) => status === 'running' && epochs > 1,
      );
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closePanel'));
      await session.open(longFile);
      await until('a live lens', async () =>
        (await lensTitles(session)).some((title) => /^epoch \d+\/100000, IoU/.test(title)),
      );
      await session.picture('live lens and status bar');
      await onRun(session, 'losscape.stop', folder);
      const stopped = await untilRun(session, 'it to stop', (run) => run.folder === folder && run.status === 'stopped');
      await onRun(session, 'losscape.resume', folder);
      await untilRun(
        session,
        'it to go on',
        (run) => run.folder === folder && run.status === 'running' && run.epochs > stopped.epochs,
      );
    },
  },
  {
    name: 'the metrics panel grows while training goes on',
    again: true,
    async run(session) {
      const running = await untilRun(session, 'a running run', ({ status }) => status === 'running');
      await onRun(session, 'losscape.openMetrics', running.folder);
      const panel = await session.panel('main.figures figure');
      await panel.locator('summary', { hasText: 'Numbers' }).first().click();
      const epochs = async (): Promise<number> =>
        Number((await panel.locator('.numbers tbody tr').last().locator('th').textContent()) ?? NaN);
      const before = await until('the first numbers', async () => (await epochs()) || undefined);
      await until('more epochs', async () => (await epochs()) >= before + 3);
      await session.picture('metrics while training');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeActiveEditor'));
    },
  },
  {
    name: 'a killed engine leaves an interrupted run that can be resumed',
    again: true,
    async run(session) {
      const running = await untilRun(session, 'a running run', ({ status }) => status === 'running');
      process.kill(running.pid, 'SIGKILL');
      const { epochs } = await untilRun(
        session,
        'it to be interrupted',
        (run) => run.folder === running.folder && run.status === 'interrupted',
      );
      await session.api(({ commands }) => commands.executeCommand('losscape.runs.focus'));
      await session.picture('interrupted run');
      await onRun(session, 'losscape.resume', running.folder);
      await untilRun(
        session,
        'it to go on',
        (run) => run.folder === running.folder && run.status === 'running' && run.epochs > epochs,
      );
    },
  },
  {
    name: 'a reload finds the training that goes on',
    again: true,
    async run(session) {
      const running = await untilRun(session, 'a running run', ({ status }) => status === 'running');
      await session.reload();
      const after = await untilRun(
        session,
        'it to be found again',
        (run) => run.folder === running.folder && run.status === 'running' && run.epochs > running.epochs,
      );
      check(after.pid === running.pid, 'another process trains now');
      await onRun(session, 'losscape.stop', running.folder);
      await untilRun(session, 'it to stop', (run) => run.folder === running.folder && run.status === 'stopped');
    },
  },
  {
    name: 'a run folder that is deleted under its panel, and one that cannot be read',
    async run(session) {
      const stopped = await untilRun(session, 'the stopped run', ({ status }) => status === 'stopped');
      await onRun(session, 'losscape.openMetrics', stopped.folder);
      await session.panel('main.figures figure');
      await rm(stopped.folder, { recursive: true });
      await until('it to be gone', async () => !(await runs(session)).some(({ folder }) => folder === stopped.folder));
      const broken = join(session.folder, 'runs/20200101-000000-broken-dice-abcd');
      await mkdir(broken, { recursive: true });
      await writeFile(join(broken, 'run.json'), '{ "formatVersion": 1, "status": ');
      await untilRun(session, 'the broken one', (run) => run.folder === broken && run.status === 'unreadable');
      await session.api(({ commands }) => commands.executeCommand('losscape.runs.focus'));
      await session.picture('deleted and broken runs');
      await rm(broken, { recursive: true });
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
];
