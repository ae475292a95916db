import { runColour } from './colours';
import { escapeXml } from './figure';
import { otherMeasures, type MeasureKey } from './measures';
import { atEpoch, type CurvePoint, type ReportRun, type Split } from './reportRun';
import { intervalHalfWidth } from './statistics';

const columns: readonly { key: MeasureKey; title: string }[] = [
  { key: 'accuracy', title: 'accuracy' },
  { key: 'iou', title: 'IoU' },
  { key: 'confidenceBackground', title: 'conf. backgr.' },
  { key: 'confidenceForeground', title: 'conf. foregr.' },
];

/** The split that results are given for: test, or train where no run has a test split. */
export function resultSplit(runs: readonly ReportRun[]): Split {
  return runs.some((run) => run.curves.test) ? 'test' : 'train';
}

/** Epoch of the last and of the best evaluation, the latter by IoU; undefined before the first evaluation. */
export function evaluations(run: ReportRun, split: Split): { last: number | undefined; best: number | undefined } {
  const points = run.curves[split]?.iou ?? [];
  let best: CurvePoint | undefined;
  for (const point of points) if (Number.isFinite(point.mean) && !(best && best.mean >= point.mean)) best = point;
  return { last: points.at(-1)?.epoch, best: best?.epoch };
}

/** The first evaluated epoch whose mean IoU is at least one half: the end of the plateau. */
export function firstHalf(run: ReportRun, split: Split): number | undefined {
  return run.curves[split]?.iou.find((point) => point.mean >= 0.5)?.epoch;
}

/** The main table: a row per run, the last and the best evaluation with 95 % intervals. */
export function resultsTable(runs: readonly ReportRun[]): string {
  const split = resultSplit(runs);
  const heads = columns.map(({ title }) => `<th scope="col">${title}</th>`).join('');
  const rows = runs.map((run, index) => {
    const { last, best } = evaluations(run, split);
    const cells = (epoch: number | undefined): string =>
      `<td class="epoch">${epoch ?? '–'}</td>${columns.map(({ key }) => cell(atEpoch(run.curves[split]?.[key], epoch), 3)).join('')}`;
    const { epochsDone, epochsTotal } = run.document;
    return (
      `<tr>${runHead(runs, index)}<td>${escapeXml(run.status)}</td>` +
      `<td class="epoch">${epochsDone === epochsTotal ? epochsDone : `${epochsDone} of ${epochsTotal}`}</td>` +
      `${cells(last)}${cells(best)}<td class="epoch">${firstHalf(run, split) ?? 'not yet'}</td></tr>`
    );
  });
  const span = columns.length + 1;
  return (
    `<div class="scroll"><table><thead><tr><th rowspan="2" scope="col">loss</th><th rowspan="2" scope="col">status</th>` +
    `<th rowspan="2" scope="col">epochs</th><th colspan="${span}" scope="colgroup">last evaluation, ${split}</th>` +
    `<th colspan="${span}" scope="colgroup">best evaluation by IoU, ${split}</th>` +
    `<th rowspan="2" scope="col">${split} IoU ≥ 0.5<br>from epoch</th></tr>` +
    `<tr><th scope="col">epoch</th>${heads}<th scope="col">epoch</th>${heads}</tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table></div>`
  );
}

/** The second table: calibration and boundary of the last evaluation. */
export function otherTable(runs: readonly ReportRun[]): string {
  const split = resultSplit(runs);
  const heads = otherMeasures.map(
    ({ title, meaning }) => `<th scope="col" title="${escapeXml(meaning)}">${title}</th>`,
  );
  const rows = runs.map((run, index) => {
    const { last } = evaluations(run, split);
    const cells = otherMeasures.map(({ key, digits }) => cell(atEpoch(run.curves[split]?.[key], last), digits));
    return `<tr>${runHead(runs, index)}<td class="epoch">${last ?? '–'}</td>${cells.join('')}</tr>`;
  });
  return (
    `<div class="scroll"><table><thead><tr><th scope="col">loss</th><th scope="col">epoch</th>${heads.join('')}</tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table></div>`
  );
}

/** What the tables say in a sentence or two: the extremes among the runs that were evaluated. */
export function findings(runs: readonly ReportRun[]): string[] {
  const split = resultSplit(runs);
  const known = runs.flatMap((run) => {
    const { last, best } = evaluations(run, split);
    const iou = atEpoch(run.curves[split]?.iou, best);
    const confidence = atEpoch(run.curves[split]?.confidenceForeground, last);
    return iou && confidence && Number.isFinite(confidence.mean) ? [{ run, iou, confidence }] : [];
  });
  if (known.length < 2) return [];
  const byIou = known.toSorted((first, second) => second.iou.mean - first.iou.mean);
  const byConfidence = known.toSorted((first, second) => second.confidence.mean - first.confidence.mean);
  const shown = byConfidence.length > 4 ? [byConfidence[0]!, byConfidence.at(-1)!] : byConfidence;
  const spread = byIou[0]!.iou.mean - byIou.at(-1)!.iou.mean;
  return [
    `Best ${split} IoU: ${byIou[0]!.run.label} with ${byIou[0]!.iou.mean.toFixed(3)} at epoch ${byIou[0]!.iou.epoch}; the ` +
      `runs lie within ${spread.toFixed(3)} of each other.`,
    `Foreground confidence at the last evaluation, highest first: ` +
      `${shown.map(({ run, confidence }) => `${run.label} ${confidence.mean.toFixed(3)}`).join(shown === byConfidence ? ', ' : ' … ')}.`,
  ];
}

/** A run's name at the head of its row. Where only some runs are synthetic, they say so; else the title of the page does. */
function runHead(runs: readonly ReportRun[], index: number): string {
  const run = runs[index]!;
  const badge = run.document.dataset.synthetic && runs.some((other) => !other.document.dataset.synthetic);
  return (
    `<th scope="row" title="${escapeXml(run.document.id)}"><span class="swatch" style="background:${runColour(index)}"></span>` +
    `${escapeXml(run.label)}${badge ? ' <span class="badge">synthetic data</span>' : ''}</th>`
  );
}

function cell(point: CurvePoint | undefined, digits: number): string {
  if (!point || !Number.isFinite(point.mean)) return '<td>–</td>';
  const half = intervalHalfWidth(point);
  const least = 10 ** -digits;
  const shown = half < least / 2 ? `< ${least.toFixed(digits)}` : half.toFixed(digits);
  const interval = Number.isFinite(half) ? ` <span class="interval">± ${shown}</span>` : '';
  return `<td>${point.mean.toFixed(digits)}${interval}</td>`;
}
