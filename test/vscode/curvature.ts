import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { engine, finishedRun } from './finishedRun';
import type { Session } from './session';
import { until } from './session';
import { openPanel } from './surface';
import { check, type EditorTest } from './tests';

interface Wish {
  readonly epochs: readonly number[];
  readonly probes: number;
  readonly spectrum: number;
  readonly layers: boolean;
}

/** Starts a measurement as the command does once everything has been asked. */
const measure = (session: Session, folder: string, wish: Wish): Promise<unknown> =>
  session.api(
    ({ commands }, [run, { epochs, probes, spectrum, layers }]) => {
      void commands.executeCommand('losscape.measureCurvature', {
        type: 'losscape-curvature',
        runs: [run],
        epochs,
        top: 2,
        probes,
        spectrum,
        spectrumSteps: 20,
        layers,
        images: 2,
      });
    },
    [folder, wish] as [string, Wish],
  );

/** Answers what is asked before a measurement: the last epoch, the run's own loss where there is a choice, quick. */
async function takeWhatIsOffered(session: Session): Promise<void> {
  const title = session.page.locator('.quick-input-widget .quick-input-title');
  for (const [words, always] of [
    ['networks after which epochs', true],
    ['Losses whose curvature', false],
    ['How thorough', true],
  ] as const) {
    await title.filter({ hasText: always ? words : /Losses whose curvature|How thorough/ }).waitFor();
    if ((await title.textContent())?.includes(words)) await session.page.keyboard.press('Enter');
  }
}

/** In the page: what is shown begins with this element. */
const scrolledTo = (element: unknown): void => (element as { scrollIntoView(): void }).scrollIntoView();

/** The section, with what is in it on the screen. */
async function section(panel: Frame) {
  const root = panel.locator('section.curvature');
  await root.waitFor();
  return root;
}

const rows = (panel: Frame): Promise<number> => panel.locator('.measurements tbody tr').count();

export const curvature: EditorTest[] = [
  {
    name: 'a surface whose runs have no curvature yet says what it is, and measures it when asked',
    async run(session) {
      const run = await finishedRun(session);
      for (const part of ['surfaces', 'curvature']) await rm(join(run.folder, part), { recursive: true, force: true });
      const options = ['--plane', 'hessian', '--range', '-2:2', '--points', '9', '--images', '2', '--split', 'train'];
      await engine(session, ['surface', run.folder, ...options]);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await session.api(
        ({ commands }, folder) => void commands.executeCommand('losscape.openSurface', folder),
        run.folder,
      );
      const panel = await openPanel(session);
      const root = await section(panel);
      await root.locator('.empty', { hasText: 'Nothing has been measured yet' }).waitFor();
      const axes = (await root.locator('.axes-words').textContent()) ?? '';
      check(/Axis a is eigenvector 1 .*λ₁ = .*Axis b is eigenvector 2 .*λ₂ = /.test(axes), axes);
      check((await root.locator('.read-off tbody tr').count()) > 0, 'width and sharpness are missing');
      await session.picture('curvature nothing yet');
      await panel.locator('.centre-card vscode-button').click();
      await takeWhatIsOffered(session);
      await panel.locator('.centre-numbers', { hasText: 'trace' }).first().waitFor({ timeout: 90_000 });
      const card = (await panel.locator('.centre-card').textContent()) ?? '';
      check(/largest λ₁[\d.]+/.test(card) && card.includes('trace'), card);
      await session.clearNotifications();
    },
  },
  {
    name: 'curvature over two epochs, its density and its layers appear while they are measured',
    async run(session) {
      const run = await finishedRun(session);
      const panel = await openPanel(session);
      const before = await rows(panel);
      const names = await readdir(join(run.folder, 'checkpoints'));
      const epochs = names
        .flatMap((name) => (/^epoch-(\d+)/.exec(name)?.[1] ? [Number(name.slice(6, 10))] : []))
        .sort((a, b) => a - b);
      const chosen = [epochs[1]!, epochs.at(-1)!];
      await measure(session, run.folder, { epochs: chosen, probes: 4, spectrum: 2, layers: true });
      await until('both measurements', async () => (await rows(panel)) === before + 2, 90);
      const root = await section(panel);
      await root.locator('.measuring').waitFor({ state: 'detached', timeout: 90_000 });
      const shown = await root.locator('.figures > figure:visible h3').allTextContents();
      for (const title of [
        'Largest eigenvalues',
        'Smallest eigenvalue',
        'Trace: sum of all eigenvalues',
        'Spectral density',
        'Curvature of single layers',
      ])
        check(shown.includes(title), `no "${title}" among ${shown.join(', ')}`);
      const label = (await root.locator('.chart').first().getAttribute('aria-label')) ?? '';
      check(/Newest: .*λ₁/.test(label), label);
      const facts = (await root.locator('.curvature-detail .facts').textContent()) ?? '';
      check(facts.includes(`epoch ${chosen[1]} of `) && facts.includes('mean over 2 of '), facts);
      for (const [name, selector] of [
        ['curvature', '.section-head'],
        ['curvature density', '.curvature-detail .figures'],
        ['curvature layers', '.layer-bars'],
        ['curvature read off', '.read-off'],
      ] as const) {
        await panel.locator(selector).first().evaluate(scrolledTo);
        await session.pictures3(name);
      }
    },
  },
  {
    name: 'a measurement can be stopped and gone on with, and a damaged file hides no other',
    async run(session) {
      const run = await finishedRun(session);
      const panel = await openPanel(session);
      const root = await section(panel);
      const before = await rows(panel);
      const damaged = join(run.folder, 'curvature', 'torn.json');
      await writeFile(damaged, '{ "formatVersion": 1');
      await root.locator('.notice', { hasText: 'torn.json: the file is not whole JSON' }).waitFor();
      check((await rows(panel)) === before, 'the other measurements are gone');
      await rm(damaged);
      await root.locator('.notice', { hasText: 'torn.json' }).waitFor({ state: 'detached' });
      await measure(session, run.folder, { epochs: [1], probes: 400, spectrum: 0, layers: false });
      const measuring = root.locator('.measuring', { hasText: 'of 400 probes' });
      await measuring.waitFor({ timeout: 60_000 });
      await root.evaluate(scrolledTo);
      await session.picture('curvature measuring');
      await measuring.getByText('Stop').click();
      const stopped = root.locator('.notice', { hasText: 'was stopped' });
      await stopped.waitFor({ timeout: 30_000 });
      await session.clearNotifications();
      await stopped.getByText('Go on').click();
      await measuring.waitFor({ timeout: 60_000 });
      await measuring.waitFor({ state: 'detached', timeout: 120_000 });
      check((await stopped.count()) === 0, 'it was stopped again');
      await root.locator('.measurements td', { hasText: /^400$/ }).waitFor({ state: 'attached' });
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      check(session.complaints.length === 0, session.complaints.join('\n'));
    },
  },
  {
    name: 'the curvature of a run without a surface has a panel of its own, which comes back after a reload',
    async run(session) {
      const run = await finishedRun(session);
      await rm(join(run.folder, 'surfaces'), { recursive: true, force: true });
      await session.api(
        ({ commands }, folder) => void commands.executeCommand('losscape.openSurface', folder),
        run.folder,
      );
      const notice = session.page.locator('.notification-list-item', { hasText: 'no loss surface yet' });
      await notice.getByText('Show curvature').click();
      const selector = 'main[data-panel="curvature"] section.curvature .measurements tbody tr';
      const measured = await rows(await session.panel(selector, 60));
      check(measured > 2, `${measured} measurements`);
      await session.pictures3('curvature by itself');
      const panel = await session.panel(selector, 60);
      const about = (await panel.locator('.about').textContent()) ?? '';
      check(about.includes('focal γ=2') && about.includes('synthetic data'), about);
      check((await panel.locator('.figures figure:visible').count()) >= 4, 'charts are missing');
      await session.reload();
      check((await rows(await session.panel(selector, 60))) === measured, 'other measurements after a reload');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      // Asked for in the view, where nothing shows it yet: the panel opens by itself.
      await rm(join(run.folder, 'curvature'), { recursive: true });
      await session.api(
        ({ commands }, folder) => void commands.executeCommand('losscape.measureCurvature', folder),
        run.folder,
      );
      await takeWhatIsOffered(session);
      check((await rows(await session.panel(selector, 90))) === 1, 'something else is shown than what was asked for');
      await session.clearNotifications();
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      check(session.complaints.length === 0, session.complaints.join('\n'));
    },
  },
];
