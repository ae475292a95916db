import { existsSync, readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import sharp from 'sharp';
import { finishedRun } from './finishedRun';
import type { Session } from './session';
import { until } from './session';
import { check, type EditorTest, same } from './tests';

const endings = ['mask.png', 'probability.npy', 'probability.png'];

/** Selects files of the folder `images` in the explorer, and chooses "Predict masks…" from the menu of the last one. */
async function predictFromExplorer(session: Session, names: readonly string[]): Promise<void> {
  const { page } = session;
  await session.api(
    async ({ commands, Uri }, path) => {
      await commands.executeCommand('workbench.view.explorer');
      await commands.executeCommand('revealInExplorer', Uri.file(path));
    },
    join(session.folder, 'images', names[0]!),
  );
  const row = (name: string) => page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
  await row(names[0]!).waitFor();
  for (const [index, name] of names.entries()) {
    await row(name).click({ modifiers: index === 0 ? [] : ['ControlOrMeta'] });
  }
  await row(names.at(-1)!).click({ button: 'right' });
  const entry = page.locator('.context-view .action-item', { hasText: 'Predict masks' }).first();
  await entry.waitFor();
  await session.picture('predict, the menu of the explorer');
  await page.waitForTimeout(300); // the menu does not hear what comes at once
  await entry.click();
}

/** Takes the entry of the question with this title that holds a text. */
async function answer(session: Session, title: string, entry: string): Promise<void> {
  const widget = session.page.locator('.quick-input-widget');
  const row = widget.locator('.monaco-list-row', { hasText: entry }).first();
  await until(
    `"${entry}" under "${title}"`,
    async () =>
      (await widget.locator('.quick-input-title').textContent())?.startsWith(title) === true && (await row.isVisible()),
  );
  await row.click();
}

/** Answers what the command asks: which run, which epoch, and the folder that it proposes. */
async function answerAll(session: Session): Promise<void> {
  const { loss } = await finishedRun(session);
  await answer(session, 'Run whose network predicts the masks', loss);
  await answer(session, 'Predict masks', 'the newest');
  await answer(session, 'Predict masks', 'predictions');
}

const message = (session: Session, text: string): Promise<string> =>
  until(
    `the message "${text}"`,
    async () => {
      const toasts = await session.page.locator('.notification-toast').allTextContents();
      return toasts.find((toast) => toast.includes(text));
    },
    60,
  );

export const predict: EditorTest[] = [
  {
    name: 'masks of images that are selected in the explorer',
    again: true,
    async run(session) {
      await finishedRun(session);
      const images = join(session.folder, 'images');
      const out = join(images, 'predictions');
      await rm(out, { recursive: true, force: true });
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      const names = readdirSync(images)
        .filter((name) => name.endsWith('.png'))
        .sort()
        .slice(0, 3);
      await predictFromExplorer(session, names);
      await answerAll(session);
      await message(session, '3 masks are in');
      await session.picture('predict, done');
      const expected = names.flatMap((name) => endings.map((ending) => `${parse(name).name}.${ending}`));
      same(readdirSync(out).sort(), expected.sort(), 'files');
      for (const name of names) {
        const stem = join(out, parse(name).name);
        const [image, mask, grey] = await Promise.all(
          [join(images, name), `${stem}.mask.png`, `${stem}.probability.png`].map((file) => sharp(file).metadata()),
        );
        same([mask!.width, mask!.height, mask!.channels], [image!.width, image!.height, 1], `mask of ${name}`);
        same([grey!.width, grey!.height, grey!.depth], [image!.width, image!.height, 'ushort'], `map of ${name}`);
        const { channels } = await sharp(`${stem}.mask.png`).stats();
        check(channels[0]!.max === 255 && channels[0]!.min === 0, `the mask of ${name} is empty or full`);
      }
      const shown = await session.api(({ window }) => window.tabGroups.activeTabGroup.activeTab?.label);
      same(shown, `${parse(names[0]!).name}.mask.png`, 'the file that is shown');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await session.clearNotifications();
    },
  },
  {
    name: 'a file that is no image is told of, and the others are predicted',
    again: true,
    async run(session) {
      const images = join(session.folder, 'images');
      const out = join(images, 'predictions');
      await rm(out, { recursive: true, force: true });
      const [good] = readdirSync(images)
        .filter((name) => name.endsWith('.png'))
        .sort();
      const bad = join(images, 'zz-text.png');
      await writeFile(bad, 'no image at all');
      try {
        await predictFromExplorer(session, [good!, 'zz-text.png']);
        await answerAll(session);
        const text = await message(session, '1 of 2 images could not be predicted');
        check(text.includes(bad), `it names the file: ${text}`);
        await session.picture('predict, one is no image');
        await message(session, 'The mask is in');
        check(existsSync(join(out, `${parse(good!).name}.mask.png`)), 'the other one is not predicted');
        check(!existsSync(join(out, 'zz-text.mask.png')), 'a mask of nothing');
        await session.clearNotifications();
        // Alone, and asked for once more: what is there is written anew only when that is wanted.
        await predictFromExplorer(session, ['zz-text.png']);
        await answerAll(session);
        const alone = await message(session, 'The mask could not be predicted');
        check(alone.includes(bad), alone);
        const before = await readFile(join(out, `${parse(good!).name}.mask.png`));
        await predictFromExplorer(session, [good!]);
        await answerAll(session);
        await until('the question', async () =>
          (await session.page.locator('.monaco-dialog-box').textContent())?.includes('already holds predictions'),
        );
        await session.answerDialog('Cancel');
        same((await readFile(join(out, `${parse(good!).name}.mask.png`))).equals(before), true, 'the same mask');
      } finally {
        await rm(bad, { force: true });
        await rm(out, { recursive: true, force: true });
      }
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await session.clearNotifications();
      same(session.complaints, [], 'complaints in the developer console');
    },
  },
];
