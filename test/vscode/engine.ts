import { runs, type SeenRun } from './runs';
import type { Session } from './session';
import { until } from './session';
import { check } from './tests';

/** What the extension hands to tests, as far as these use it. */
interface Exported {
  readonly trainer: {
    runEngine(args: string[], options: { cwd: string }): Promise<{ code: number; stdout: string; stderr: string }>;
  };
}

/** Runs the packaged engine, as a terminal would. */
export async function engine(session: Session, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await session.api(
    ({ extensions }, [given, cwd]) => {
      const { trainer } = extensions.getExtension<Exported>('losscape.losscape')!.exports;
      return trainer.runEngine(given, { cwd });
    },
    [args, session.folder] as [string[], string],
  );
  check(code === 0, `losscape ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** A finished run: one that is there, or a new one. */
export async function finishedRun(session: Session): Promise<SeenRun> {
  const found = (await runs(session)).find(({ status }) => status === 'finished');
  if (found) return found;
  await engine(session, ['train', 'phantom.losscape.json', '--loss', 'focal-2']);
  return until('the run', async () => (await runs(session)).find(({ status }) => status === 'finished'), 60);
}
