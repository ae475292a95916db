import { execFileSync } from 'node:child_process';
import { finishedRun } from './finishedRun';
import { onRun } from './runs';
import type { Session } from './session';
import { until } from './session';
import { check, type EditorTest, same } from './tests';

/** Numbers of the processes that look inside for this window: children of its extension host. */
async function inspectors(session: Session): Promise<number[]> {
  const host = await session.api(() => process.pid);
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return Number(parent) === host && /cli\.cjs inspect\b/.test(command!) ? [Number(pid)] : [];
    });
}

export const inspectorCrash: EditorTest[] = [
  {
    name: 'an inspector that is killed under the heatmap is started again, with a word',
    again: true,
    async run(session) {
      const run = await finishedRun(session);
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      await onRun(session, 'losscape.openHeatmap', run.folder);
      const panel = await session.panel('[data-panel="heatmap"] .tile', 60);
      const shows = async (epoch: number): Promise<boolean> =>
        ((await panel.locator('h1').textContent()) ?? '').endsWith(`after epoch ${epoch}`) &&
        (await panel.locator('.tile-message:not([hidden])').count()) === 0;
      const slider = panel.locator('.scrubber input[type="range"]');
      await slider.fill('3');
      await until('the map after epoch 3', () => shows(3), 60);
      const [first, ...more] = await until('the inspector', async () => {
        const found = await inspectors(session);
        return found.length > 0 && found;
      });
      same(more, [], 'further inspectors');

      process.kill(first!, 'SIGKILL');
      const word = panel.locator('.live', { hasText: 'had ended (it was ended by SIGKILL)' });
      await until('a word about it', async () => (await word.count()) > 0);
      await session.picture('the inspector was killed');
      check(await shows(3), 'the map that was there is gone');

      // Some epochs are known already; what is not is asked of a new process.
      let epoch = 3;
      const second = await until('a new inspector', async () => {
        epoch += 1;
        await slider.fill(String(epoch));
        await until(`the map after epoch ${epoch}`, () => shows(epoch), 60);
        return (await inspectors(session)).find((pid) => pid !== first);
      });
      check(second !== first, 'the same process');
      await until('the word to go', async () => (await word.count()) === 0);
      check(await shows(epoch), 'no map after the new start');
      await session.picture('the inspector was started again');
      await session.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
      same(session.complaints, [], 'complaints in the developer console');
    },
  },
];
