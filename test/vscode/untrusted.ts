import { onRun, runs, untilRun } from './runs';
import { until } from './session';
import { check, type EditorTest } from './tests';

export const untrusted: EditorTest[] = [
  {
    name: 'runs can be looked at',
    again: true,
    async run(session) {
      check(!(await session.api(({ workspace }) => workspace.isTrusted)), 'the workspace is trusted');
      const run = await untilRun(session, 'a finished run', ({ status }) => status === 'finished');
      await session.api(({ commands }) => commands.executeCommand('losscape.runs.focus'));
      await onRun(session, 'losscape.openMetrics', run.folder);
      await session.panel('main.figures figure canvas');
      await session.picture('untrusted workspace');
    },
  },
  {
    name: 'nothing can be trained, and no lens offers it',
    again: true,
    async run(session) {
      const before = (await runs(session)).length;
      await session.open('phantom.losscape.json');
      const lenses = await until('lenses', async () => {
        const titles = await session.page.locator('.codelens-decoration a').allTextContents();
        return titles.length > 0 && titles;
      });
      check(!lenses.some((title) => title.includes('Train')), lenses.join(' | '));
      await session.page.keyboard.press('F1');
      const input = session.page.locator('.quick-input-widget input');
      await input.fill('>Losscape: Train U-Net');
      const rows = session.page.locator('.quick-input-list .monaco-list-row');
      await until('the palette', async () => (await rows.count()) > 0);
      const offered = (await rows.allTextContents()).filter((row) => /Losscape: Train U-Net/.test(row));
      check(offered.length === 0, offered.join(' | '));
      await session.page.keyboard.press('Escape');
      await session.api(async ({ commands, Uri }, path) => {
        await commands.executeCommand('losscape.train', Uri.file(path), ['focal-2']);
      }, `${session.folder}/phantom.losscape.json`);
      await session.page.locator('.notification-list-item', { hasText: /trust/i }).first().waitFor();
      await session.picture('untrusted, training refused');
      check((await runs(session)).length === before, 'something was trained');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
    },
  },
];
