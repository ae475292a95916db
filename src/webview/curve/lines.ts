import { curvePoints, lossCurve, sigmoid } from '../../engine/insight/maps';
import type { CurveLoss } from '../protocol/curve';

/** What the curves are drawn against: the probability of the true class, or its logit minus the other's. */
export type Against = 'pt' | 'logit';

/** One line of the curve panel; arrays are as long as `x`. */
export interface CurveLine {
  /** What tells lines apart, and stays the same while options are typed. */
  readonly key: string;
  /** The loss in words, with the class of pixel where that matters: "cross-entropy 1:3, foreground pixel". */
  readonly name: string;
  readonly role: CurveLoss['role'];
  /** Decides the colour. */
  readonly place: number;
  /** Values of pt, or of the logit. */
  readonly x: readonly number[];
  readonly loss: readonly number[];
  /** d loss / d pt. */
  readonly gradientPt: readonly number[];
  /** d loss / d logit. */
  readonly gradientLogit: readonly number[];
  /** The function that training really descends, where it is another one and known. */
  readonly effective: readonly number[] | null;
}

/** The lines of a loss: one, or one for each class where they differ. */
export function curveLines({ key, label, role, place, spec }: CurveLoss, against: Against): CurveLine[] {
  const logits = against === 'logit' ? logitPoints : null;
  const { pt, series } = lossCurve(spec, logits?.map(sigmoid) ?? curvePoints());
  return series.map(({ of, ...values }) => {
    const oneClass = of === 'background' || of === 'foreground';
    return {
      key: oneClass ? `${key} ${of}` : key,
      name: oneClass ? `${label}, ${of} pixel` : label,
      role,
      place,
      x: logits ?? pt,
      ...values,
    };
  });
}

/** From -10 to 10, as the study drew it. */
const logitPoints = Array.from({ length: 201 }, (_, index) => (index - 100) / 10);
