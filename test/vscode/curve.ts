import type { Session } from './session';
import { until } from './session';
import { check, type EditorTest, same } from './tests';

/** Changes the γ of the focal loss in the experiment file, as if it were typed. */
const setGamma = (session: Session, from: number, to: number): Promise<unknown> =>
  session.api(
    async ({ window, Range }, [before, after]) => {
      const editor = window.visibleTextEditors.find(({ document }) => document.fileName.endsWith('.losscape.json'))!;
      const { document } = editor;
      const name = '"gamma": ';
      const at = document.getText().indexOf(`${name}${before}`) + name.length;
      const range = new Range(document.positionAt(at), document.positionAt(at + 1));
      await editor.edit((edit) => edit.replace(range, String(after)));
    },
    [from, to] as [number, number],
  );

export const curve: EditorTest[] = [
  {
    name: 'the curve of a loss opens beside the code and follows what is typed',
    again: true,
    async run(session) {
      await session.open('phantom.losscape.json');
      await session.page.locator('.codelens-decoration a', { hasText: 'Curve' }).last().click();
      const panel = await session.panel('[data-panel="curve"]');
      const heading = panel.locator('h1');
      await until('the heading', async () => (await heading.textContent()) === 'focal γ=2');
      await panel.locator('canvas, svg').first().waitFor();
      await session.pictures3('loss curve');
      await setGamma(session, 2, 5);
      await until('the new heading', async () => (await heading.textContent()) === 'focal γ=5');
      await session.picture('loss curve gamma 5');
      const numbers = panel.locator('summary', { hasText: 'Numbers' }).first();
      await numbers.click();
      check((await panel.locator('.numbers tbody tr').count()) > 10, 'no numbers for screen readers');
    },
  },
  {
    name: 'the curve comes back after a reload',
    again: true,
    async run(session) {
      // The editor may have saved what was typed: nothing is left that could be reverted.
      await setGamma(session, 5, 2);
      await session.api(({ workspace }) => workspace.saveAll(false));
      await session.reload();
      const panel = await session.panel('[data-panel="curve"]', 60);
      await until('the heading', async () => ((await panel.locator('h1').textContent()) ?? '').startsWith('focal'));
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      same(session.complaints, [], 'complaints in the developer console');
    },
  },
];
