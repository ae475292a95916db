import type { ChartLine, ChartModel } from '../kit/chartModel';
import type { Parameter } from '../kit/configuration';
import { extent, freeAxis, runLook } from '../kit/curves';
import type { Measure } from '../kit/measures';
import { closeRange, logRange, shareRange } from '../kit/ranges';
import { estimate } from '../kit/statistics';
import type { Split } from '../protocol/run';
import type { At, ComparedNamedRun } from './resultsTable';

/** A metric of every run over a number of its configuration, with 95 % intervals over images; null when no run has both. */
export function parameterChart(
  runs: readonly ComparedNamedRun[],
  parameter: Parameter,
  measure: Measure,
  settings: {
    readonly at: At;
    readonly split: Split;
    readonly hidden: ReadonlySet<string>;
    readonly switchedY: ReadonlySet<string>;
  },
): ChartModel | null {
  const id = `parameter ${measure.key}`;
  const lines = runs.flatMap((run, index): ChartLine[] => {
    const x = parameter.values[index] ?? null;
    const values = run.images[settings.at][settings.split];
    const { mean, half } = estimate(values?.values[measure.key] ?? []);
    if (x === null || !Number.isFinite(mean)) return [];
    return [
      {
        key: run.info.folder,
        name: run.name,
        pane: 0,
        look: runLook(run.place, false),
        x: [x],
        y: [mean],
        low: [mean - half],
        high: [mean + half],
        epochs: [values!.epoch],
        folder: run.info.folder,
        points: true,
        labels: [run.name],
      },
    ];
  });
  if (lines.length === 0) return null;
  const shown = lines.filter((line) => !settings.hidden.has(line.key));
  const counted = shown.length > 0 ? shown : lines;
  const x = extent(lines.map((line) => line.x));
  const y = extent(counted.flatMap((line) => [line.y, line.low!, line.high!]));
  const logX = x.low > 0 && x.high / x.low >= 20;
  const pad = (x.high - x.low || Math.abs(x.high) || 1) * 0.12;
  const share = measure.scale !== 'free' && !settings.switchedY.has(id);
  const low = Math.max(0, y.low);
  return {
    id,
    title: measure.title,
    subtitle: `${settings.split} images, ${settings.at} evaluation; whiskers: 95 % interval of the mean over images`,
    panes: [''],
    xName: parameter.name,
    xKind: 'value',
    x: logX ? logRange(x.low / 1.3, x.high * 1.3) : closeRange(x.low - pad, x.high + pad * 2),
    y: [
      share
        ? shareRange(low)
        : freeAxis({ ...y, low: measure.scale === 'free' ? low : y.low }, settings.switchedY.has(id)),
    ],
    sharedY: true,
    digits: measure.digits,
    lines: lines.map((line) => ({ ...line, offset: offset(lines, line) })),
    legend: counted.map(({ name, look }) => ({ name, look })),
    hidden: settings.hidden,
  };
}

/** Sets runs at the same x side by side. */
function offset(lines: readonly ChartLine[], line: ChartLine): number {
  const same = lines.filter((other) => other.x[0] === line.x[0]);
  return (same.indexOf(line) - (same.length - 1) / 2) * Math.min(12, 60 / same.length);
}
