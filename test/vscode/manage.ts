import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onRun, runs, treeRows, untilRun } from './runs';
import { type Session, until } from './session';
import { check, type EditorTest } from './tests';

/** Runs a command that asks for a text, and types it. */
async function answer(session: Session, command: string, folder: string, text: string): Promise<void> {
  const done = onRun(session, command, folder);
  const input = session.page.locator('.quick-input-widget input[type="text"]');
  await input.waitFor({ state: 'visible' });
  await input.fill(text);
  await session.page.keyboard.press('Enter');
  await done;
}

const finished = (session: Session) => untilRun(session, 'a finished run', ({ status }) => status === 'finished');

const rowWith = (session: Session, part: RegExp): Promise<unknown> =>
  until(`a row with ${part}`, async () => (await treeRows(session)).some((row) => part.test(row)));

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

export const manage: EditorTest[] = [
  {
    name: 'star, note, tags, name; hide and show again',
    again: true,
    async run(session) {
      await session.api(({ commands }) => commands.executeCommand('losscape.runs.focus'));
      const { folder } = await finished(session);
      await onRun(session, 'losscape.star', folder);
      await answer(session, 'losscape.rename', folder, 'the good one');
      await answer(session, 'losscape.tag', folder, 'paper, final');
      await answer(session, 'losscape.note', folder, 'a note that stays');
      await rowWith(session, /the good one/);
      // A hover that was left hanging elsewhere would be in the way.
      await session.page.mouse.move(900, 500);
      await session.page.locator('.sidebar .monaco-list-row', { hasText: 'the good one' }).hover();
      const hover = session.page.locator('.monaco-hover', { hasText: 'a note that stays' });
      await hover.waitFor({ timeout: 10_000 });
      await session.picture('tooltip of a run');
      await session.page.mouse.move(900, 500);
      await onRun(session, 'losscape.hide', folder);
      await until('it to be hidden', async () => !(await treeRows(session)).some((row) => /the good one/.test(row)));
      await onRun(session, 'losscape.hide', folder);
      await rowWith(session, /the good one/);
      await session.reload();
      await session.api(({ commands }) => commands.executeCommand('losscape.runs.focus'));
      await rowWith(session, /the good one/);
      await answer(session, 'losscape.rename', folder, '');
      await rowWith(session, /cross-entropy 1:3/);
    },
  },
  {
    name: 'grouped, sorted and filtered',
    again: true,
    async run(session) {
      const pick = async (title: string, row: RegExp): Promise<void> => {
        await session.command(title);
        await session.page.locator('.quick-input-list .monaco-list-row', { hasText: row }).first().click();
      };
      await pick('Losscape: Group runs by', /^By loss/);
      await rowWith(session, /^focal γ=2 ?1 run$/);
      await session.picture('grouped by loss');
      await pick('Losscape: Group runs by', /^By experiment/);
      await rowWith(session, /^phantom/);
      await session.command('Losscape: Filter runs');
      await session.page.locator('.quick-input-widget input[type="text"]').fill('focal');
      await session.page.keyboard.press('Enter');
      await until('the filter', async () => {
        const rows = await treeRows(session);
        return rows.some((row) => /^focal/.test(row)) && !rows.some((row) => /^cross-entropy/.test(row));
      });
      await session.api(({ commands }) => commands.executeCommand('losscape.clearFilter'));
      await rowWith(session, /^cross-entropy/);
    },
  },
  {
    name: 'all runs as CSV, where the user says',
    again: true,
    async run(session) {
      const target = join(session.folder, 'exported.csv');
      await session.command('Losscape: Export runs as CSV');
      await session.answerFileDialog(target);
      await until('the file', () => exists(target));
      const lines = (await readFile(target, 'utf8')).trim().split('\n');
      check(lines.length === 1 + (await runs(session)).length, `${lines.length} lines`);
      check(lines[0]!.includes('best/test/iou'), lines[0]!);
      await rm(target);
    },
  },
  {
    name: 'a chart as SVG, with its legend',
    again: true,
    async run(session) {
      await onRun(session, 'losscape.openMetrics', (await finished(session)).folder);
      const panel = await session.panel('main.figures figure canvas');
      await panel.locator('figure .tools button', { hasText: 'SVG' }).first().click();
      const target = join(session.folder, 'accuracy.svg');
      await session.answerFileDialog(target);
      await until('the file', () => exists(target));
      const svg = await readFile(target, 'utf8');
      for (const part of ['<svg', 'Accuracy', 'train', 'test', 'epoch']) check(svg.includes(part), `no ${part} in it`);
      await rm(target);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
  {
    name: 'the configurations of two runs in the editor’s own comparison',
    again: true,
    async run(session) {
      const [a, b] = (await runs(session)).filter(({ status }) => status === 'finished');
      await session.api(({ commands }, folder) => {
        void commands.executeCommand('losscape.diffConfigurations', folder);
      }, a!.folder);
      await session.page.locator('.quick-input-list .monaco-list-row', { hasText: b!.loss }).first().click();
      await session.page.locator('.diff-editor, .monaco-diff-editor').first().waitFor();
      await session.picture('configurations of two runs');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
  {
    name: 'a run again with edits starts from its own settings',
    again: true,
    async run(session) {
      const { folder, loss } = (await runs(session)).find((run) => run.loss.startsWith('focal'))!;
      await onRun(session, 'losscape.rerunWithEdits', folder);
      const { name, text } = await session.api(({ window }) => {
        const { document } = window.activeTextEditor!;
        return { name: document.fileName, text: document.getText() };
      });
      check(/phantom-2\.losscape\.json$/.test(name), name);
      check(text.includes('"gamma": 2') && !text.includes('crossEntropy'), `${loss}: ${text}`);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await rm(name);
    },
  },
  {
    name: 'the log and the experiment of a run open',
    again: true,
    async run(session) {
      const { folder } = await finished(session);
      await onRun(session, 'losscape.openLog', folder);
      await until('the log', () =>
        session.api(({ window }) => window.activeTextEditor?.document.fileName.endsWith('log.txt') ?? false),
      );
      await onRun(session, 'losscape.openExperiment', folder);
      await until('the experiment', () =>
        session.api(
          ({ window }) => window.activeTextEditor?.document.fileName.endsWith('phantom.losscape.json') ?? false,
        ),
      );
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
  {
    name: 'a task of tasks.json trains, and one that cannot is marked at its place',
    async run(session) {
      const before = (await runs(session)).length;
      await mkdir(join(session.folder, '.vscode'), { recursive: true });
      const bad = join(session.folder, 'bad.losscape.json');
      await writeFile(
        bad,
        '{\n  "dataset": { "images": "images", "masks": "masks", "scale": 0.15 },\n  "input": { "crop": [4096, 4096] }\n}\n',
      );
      const task = (label: string, more: object): object => ({ type: 'losscape', label, ...more });
      const tasks = [
        task('good', { experiment: 'phantom.losscape.json', losses: ['focal-2'] }),
        task('bad', { experiment: 'bad.losscape.json', problemMatcher: ['$losscape', '$losscape-file'] }),
      ];
      await writeFile(join(session.folder, '.vscode/tasks.json'), JSON.stringify({ version: '2.0.0', tasks }));
      const start = (label: string): Promise<boolean> =>
        session.api(async ({ tasks }, name) => {
          const found = (await tasks.fetchTasks()).find((candidate) => candidate.name === name);
          if (found) await tasks.executeTask(found);
          return found !== undefined;
        }, label);
      await until('the tasks of the file', () => start('good'));
      await until(
        'one more run',
        async () => {
          const all = await runs(session);
          return all.length === before + 1 && all.every(({ status }) => status !== 'running' && status !== 'queued');
        },
        60,
      );
      check(await start('bad'), 'no task');
      const problems = await until('a problem', async () => {
        const found = await session.api(
          ({ languages, Uri }, path) =>
            languages.getDiagnostics(Uri.file(path)).map(({ range, message }) => ({ line: range.start.line, message })),
          bad,
        );
        return found.length > 0 && found;
      });
      check(problems[0]!.line === 2 && /4096/.test(problems[0]!.message), JSON.stringify(problems));
      await session.picture('problem of a task');
      await rm(join(session.folder, '.vscode'), { recursive: true });
      await rm(bad);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closePanel'));
    },
  },
  {
    name: 'deleting asks, and takes the folder away',
    async run(session) {
      const newest = (await runs(session)).sort((a, b) => (a.folder < b.folder ? 1 : -1))[0]!;
      const deleting = onRun(session, 'losscape.delete', newest.folder);
      await session.picture('delete a run');
      await session.answerDialog('Move to Trash');
      // A server has no trash: it says so and asks once more.
      await session.answerDialog('Delete for Good');
      await deleting;
      check(!(await exists(newest.folder)), 'the folder is still there');
      check(!(await runs(session)).some(({ folder }) => folder === newest.folder), 'the run is still shown');
    },
  },
  {
    name: 'the doctor says what computes, and the report can be copied',
    again: true,
    async run(session) {
      await session.command('Losscape: Doctor');
      const text = await until('the report', () =>
        session.api(({ window }) => {
          const document = window.visibleTextEditors.find(({ document }) => /onnx/i.test(document.getText()))?.document;
          return document?.getText() ?? null;
        }),
      );
      check(/node/i.test(text), text);
      await session.picture('doctor');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
];
