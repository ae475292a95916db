import { emptyFrame, withTail } from '../protocol/frame';
import type { Liveness, RunData, RunInfo, RunUpdate } from '../protocol/run';
import { seriesNames } from '../protocol/run';
import { settingsOf } from './configuration';
import type { NamedRun } from './curves';
import { runNames } from './naming';

/** A run brought up to date. Tables that have not changed stay the same objects, so that nothing is drawn in vain. */
export function updatedRun<Run extends RunData>(run: Run, { info, tails }: RunUpdate): Run {
  const series = { ...run.series };
  for (const name of seriesNames) {
    const tail = tails[name];
    if (tail) series[name] = withTail(series[name] ?? emptyFrame, tail);
  }
  return { ...run, info, series };
}

/** Names that tell runs apart, in their order. */
export function namesOf(runs: readonly { readonly info: RunInfo }[]): string[] {
  return runNames(
    runs.map(({ info }) => ({
      id: info.id,
      title: info.title,
      loss: info.loss,
      experiment: info.experiment,
      started: info.started,
      settings: settingsOf(info.configuration),
    })),
  );
}

/** Gives runs the names that tell them apart and the places that decide their colours. */
export function namedRuns<Run extends RunData>(runs: readonly Run[]): (Run & NamedRun)[] {
  const names = namesOf(runs);
  return runs.map((run, place) => ({ ...run, name: names[place]!, place }));
}

/** How current a panel is, in words. */
export function livenessText(
  runs: readonly { readonly info: RunInfo }[],
  liveness: Liveness,
): { text: string; kind: 'on' | 'warn' | 'off' } {
  const running = runs.filter(({ info }) => info.status === 'running').length;
  if (liveness.mode === 'polling') {
    const why = liveness.reason ? `: ${liveness.reason}` : '';
    return { text: `looking for changes from time to time${why}`, kind: 'warn' };
  }
  if (running === 0) return { text: 'nothing is training', kind: 'off' };
  return {
    text: running === runs.length && running === 1 ? 'training, live' : `${running} training, live`,
    kind: 'on',
  };
}
