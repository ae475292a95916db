import { lossCurve, type LossCurve } from '../../engine/experiment/lossCurve';
import { experimentOutline, type LossEntry } from '../../engine/experiment/outline';
import type { CurveLine, CurveSnapshot } from '../../webview/protocol/curve';
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
    const empty = { uri, file, index, label: '', formulas: [], notes: [], lines: [], problem };
    return before?.index === index && before.uri === uri ? { ...before, problem } : empty;
  }
  const { formulas, notes } = lossFormula(entry.spec);
  const curve = lossCurve(entry.spec);
  return {
    uri,
    file,
    index,
    label: entry.label,
    formulas,
    notes: [...notes, ...kindNote(curve)],
    lines: [
      ...linesOf(entry, 'entry', curve),
      ...reference(entry, curve),
      ...losses.filter(({ index: other }) => other !== index).flatMap((other) => linesOf(other, 'other')),
    ],
    problem: null,
  };
}

function linesOf(entry: LossEntry, role: CurveLine['role'], known?: LossCurve): CurveLine[] {
  if (entry.spec === null) return [];
  const curve = known ?? lossCurve(entry.spec);
  return curve.series.map(({ of, ...values }) => ({
    key: of === 'background' || of === 'foreground' ? `${entry.index} ${of}` : String(entry.index),
    name:
      of === 'background'
        ? t('{0}, background pixel', entry.label)
        : of === 'foreground'
          ? t('{0}, foreground pixel', entry.label)
          : entry.label,
    role,
    place: entry.index,
    pt: curve.pt,
    ...values,
  }));
}

/** Plain cross-entropy, to compare with; left out where it is what one looks at. */
function reference(entry: LossEntry, { pt }: LossCurve): CurveLine[] {
  if (entry.label === 'cross-entropy') return [];
  const { of: _, ...values } = lossCurve({ type: 'crossEntropy' }, pt).series[0]!;
  return [{ key: 'reference', name: t('cross-entropy, for comparison'), role: 'reference', place: 5, pt, ...values }];
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
