import { lossCurve, type LossCurve } from '../../engine/experiment/lossCurve';
import { experimentOutline, type LossEntry } from '../../engine/experiment/outline';
import type { CurveLoss, CurveSnapshot } from '../../webview/protocol/curve';
import { t } from '../text';
import { lossFormula } from './formulas';

/**
 * What the curve panel shows of an entry of `losses`. While the entry is half-typed, the last one that was valid stays,
 * and the panel says so.
 *
 * @param before what was shown of this entry until now.
 */
export function curveSnapshot(
  text: string,
  { uri, file, index }: Pick<CurveSnapshot, 'uri' | 'file' | 'index'>,
  before: CurveSnapshot | null,
): CurveSnapshot {
  const { losses } = experimentOutline(text);
  const entry = losses[index];
  if (entry === undefined || entry.spec === null || !entry.whole) {
    const problem = entry
      ? t('The entry is not valid as it stands; this is what it was before.')
      : t('The file has no losses[{0}] any more.', index);
    const empty = { uri, file, index, label: '', formulas: [], notes: [], losses: [], problem };
    return before?.index === index && before.uri === uri ? { ...before, problem } : empty;
  }
  const { formulas, notes } = lossFormula(entry.spec);
  return {
    uri,
    file,
    index,
    label: entry.label,
    formulas,
    notes: [...notes, ...kindNote(lossCurve(entry.spec, [0.5]))],
    losses: [
      lossOf(entry, 'entry'),
      ...reference(entry),
      ...losses.flatMap((other) => (other.index !== index && other.spec !== null ? [lossOf(other, 'other')] : [])),
    ],
    problem: null,
  };
}

function lossOf({ index, label, spec }: LossEntry, role: CurveLoss['role']): CurveLoss {
  return { key: String(index), label, role, place: index, spec: spec! };
}

/** Plain cross-entropy, to compare with; left out where it is what one looks at. */
function reference({ label }: LossEntry): CurveLoss[] {
  if (label === 'cross-entropy') return [];
  const comparison = t('cross-entropy, for comparison');
  return [{ key: 'reference', label: comparison, role: 'reference', place: 5, spec: { type: 'crossEntropy' } }];
}

function kindNote({ kind, foregroundShare }: LossCurve): string[] {
  if (kind === 'pixel') return [];
  return [
    t(
      'This loss has a value for whole images only: drawn is that of an image with {0} % foreground in which every pixel has the same pt.',
      Math.round(100 * foregroundShare),
    ),
  ];
}
