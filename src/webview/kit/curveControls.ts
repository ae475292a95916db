import { type BandKind, bandNames, type XBy } from './curves';
import { dropdown, slider } from './widgets';

/** What the controls of curves change. */
export type CurvePatch = { readonly xBy: XBy } | { readonly band: BandKind } | { readonly smoothing: number };

/** The controls that all curves have: what their x axis is, the band around them, and how smooth they are. */
export function curveControls(change: (patch: CurvePatch) => void) {
  return {
    x: dropdown(
      'x axis',
      [
        { value: 'epoch', text: 'epoch' },
        { value: 'step', text: 'step' },
        { value: 'seconds', text: 'training time' },
      ],
      'epoch',
      (value) => change({ xBy: value as XBy }),
    ),
    band: dropdown(
      'Band',
      (['errors', 'interval', 'none'] as const).map((value) => ({ value, text: bandNames[value] })),
      'errors',
      (value) => change({ band: value as BandKind }),
    ),
    smoothing: slider(
      'Smoothing',
      { max: 0.95, step: 0.05, value: 0 },
      (value) => (value === 0 ? 'off' : value.toFixed(2)),
      (smoothing) => change({ smoothing }),
    ),
  };
}
