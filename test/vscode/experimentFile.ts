import type { CodeAction, CompletionList, Diagnostic, Hover } from 'vscode';
import type { Session } from './session';
import { until } from './session';
import { check, type EditorTest, same } from './tests';

const file = 'phantom.losscape.json';

interface Shown {
  readonly message: string;
  readonly text: string;
  readonly line: number;
  readonly source: string | undefined;
}

/** Every diagnostic of the experiment file, ours and others', with the text it stands under. */
function diagnostics(session: Session): Promise<Shown[]> {
  return session.api(({ languages, window }) => {
    const { document } = window.activeTextEditor!;
    return languages.getDiagnostics(document.uri).map(({ message, range, source }) => ({
      message,
      text: document.getText(range),
      line: range.start.line + 1,
      source,
    }));
  });
}

/** Replaces the first occurrence of a text as if it were typed. */
function type(session: Session, before: string, after: string): Promise<boolean> {
  return session.api(
    async ({ window, Range }, [from, to]) => {
      const editor = window.activeTextEditor!;
      const offset = editor.document.getText().indexOf(from);
      if (offset < 0) throw new Error(`the file has no ${from}`);
      const range = new Range(editor.document.positionAt(offset), editor.document.positionAt(offset + from.length));
      return editor.edit((edit) => edit.replace(range, to));
    },
    [before, after] as [string, string],
  );
}

const lenses = (session: Session): Promise<string[]> =>
  session.api(async ({ commands, window }) => {
    const { uri } = window.activeTextEditor!.document;
    const found: { command?: { title: string } }[] = await commands.executeCommand(
      'vscode.executeCodeLensProvider',
      uri,
      100,
    );
    return found.map(({ command }) => command?.title ?? '?');
  });

export const experimentFile: EditorTest[] = [
  {
    name: 'the experiment file has its language and is without problems',
    again: true,
    async run(session) {
      await session.open(file);
      const language = await session.api(({ window }) => window.activeTextEditor!.document.languageId);
      same(language, 'losscape', 'language');
      await new Promise((resolve) => setTimeout(resolve, 3000));
      same(await diagnostics(session), [], 'diagnostics of a good file');
    },
  },
  {
    name: 'lenses stand above every loss',
    again: true,
    async run(session) {
      const titles = await until('lenses', async () => {
        const found = await lenses(session);
        return found.length > 0 && found;
      });
      same(titles.filter((title) => title.startsWith('▶ Train all')).length, 1, 'Train all');
      same(titles.filter((title) => title === '▶ Train').length, 2, 'Train');
      same(titles.filter((title) => title === 'Curve').length, 2, 'Curve');
      await session.page.locator('.codelens-decoration').first().waitFor();
      await session.pictures3('experiment file');
    },
  },
  {
    name: 'a typing error is marked at its place, and the quick fix mends it',
    again: true,
    async run(session) {
      await type(session, '"gamma"', '"gama"');
      const [problem, ...others] = await until('a diagnostic', async () => {
        const found = await diagnostics(session);
        return found.length > 0 && found;
      });
      same(others, [], 'other diagnostics');
      check(problem!.text === '"gama"', `it stands under ${problem!.text}`);
      check(problem!.message.includes('Did you mean "gamma"?'), problem!.message);
      const titles = await session.api(async ({ commands, languages, window, workspace }) => {
        const { document } = window.activeTextEditor!;
        const [{ range }] = languages.getDiagnostics(document.uri) as [Diagnostic];
        const actions: CodeAction[] = await commands.executeCommand(
          'vscode.executeCodeActionProvider',
          document.uri,
          range,
        );
        const ours = actions.filter(({ title }) => /losses/.test(title));
        await workspace.applyEdit(ours[0]!.edit!);
        return ours.map(({ title }) => title);
      });
      check(titles[0]!.includes('to "gamma"'), `first quick fix: ${titles.join(' | ')}`);
      await until('no diagnostic', async () => (await diagnostics(session)).length === 0);
    },
  },
  {
    name: 'the engine checks the data on save: a crop that is too large, with the largest that fits as a fix',
    again: true,
    async run(session) {
      await type(session, '"crop": [32, 32]', '"crop": [3200, 32]');
      await session.api(({ window }) => window.activeTextEditor!.document.save());
      const [problem] = await until('a diagnostic', async () => {
        const found = await diagnostics(session);
        return found.length > 0 && found;
      });
      same(problem!.text, '[3200, 32]', 'marked text');
      check(problem!.message.includes('larger than'), problem!.message);
      await session.picture('crop too large');
      await type(session, '"crop": [3200, 32]', '"crop": [32, 32]');
      await session.api(({ window }) => window.activeTextEditor!.document.save());
      await until('no diagnostic', async () => (await diagnostics(session)).length === 0);
    },
  },
  {
    name: 'a missing folder is marked at its key',
    again: true,
    async run(session) {
      await type(session, '"masks": "masks"', '"masks": "mask"');
      await session.api(({ window }) => window.activeTextEditor!.document.save());
      const [problem] = await until('a diagnostic', async () => {
        const found = await diagnostics(session);
        return found.length > 0 && found;
      });
      same(problem!.text, '"mask"', 'marked text');
      await type(session, '"masks": "mask"', '"masks": "masks"');
      await session.api(({ window }) => window.activeTextEditor!.document.save());
      await until('no diagnostic', async () => (await diagnostics(session)).length === 0);
    },
  },
  {
    name: 'a hover shows the formula with its numbers, completion knows the keys',
    again: true,
    async run(session) {
      const hover = await session.api(async ({ commands, window }) => {
        const { document } = window.activeTextEditor!;
        const at = document.positionAt(document.getText().indexOf('"focal"') + 2);
        const hovers: Hover[] = await commands.executeCommand('vscode.executeHoverProvider', document.uri, at);
        return hovers.flatMap(({ contents }) => contents.map((part) => (typeof part === 'string' ? part : part.value)));
      });
      check(
        hover.some((text) => text.includes('(1 − pt)^2')),
        `hover: ${hover.join('\n')}`,
      );
      const labels = await until('completions', () =>
        session.api(async ({ commands, window }) => {
          const { document } = window.activeTextEditor!;
          const at = document.positionAt(document.getText().indexOf('"training"') + 1);
          const list: CompletionList = await commands.executeCommand(
            'vscode.executeCompletionItemProvider',
            document.uri,
            at,
          );
          const found = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
          return found.includes('training') && found;
        }),
      );
      check(labels.includes('training'), `completions: ${labels.slice(0, 20).join(', ')}`);
    },
  },
];
