import { element } from '../kit/dom';
import { quietButton } from '../kit/widgets';

/** The two ends of a fixed colour scale, to be typed. */
export class RangeFields {
  readonly root: HTMLElement;
  private readonly low = this.field('Lowest value');
  private readonly high = this.field('Highest value');
  private ends: readonly [number, number] = [0, 1];

  constructor(
    private readonly changed: (ends: readonly [number, number]) => void,
    fit: () => void,
  ) {
    this.root = element(
      'span',
      { class: 'field' },
      this.low,
      element('span', { 'aria-hidden': 'true' }, '–'),
      this.high,
      quietButton('fit', 'Choose the ends by what is shown now; they then stay while epochs change', fit),
    );
  }

  /** Shows the ends; null hides the fields. */
  show(ends: readonly [number, number] | null): void {
    this.root.hidden = ends === null;
    if (ends === null) return;
    this.ends = ends;
    // What is being typed is left alone.
    if (document.activeElement !== this.low) this.low.value = text(ends[0]);
    if (document.activeElement !== this.high) this.high.value = text(ends[1]);
  }

  private field(label: string): HTMLInputElement {
    const input = element('input', { class: 'number-field', type: 'text', inputMode: 'decimal', 'aria-label': label });
    input.addEventListener('change', () => this.read());
    input.addEventListener('keydown', (event) => event.stopPropagation());
    return input;
  }

  private read(): void {
    const ends = [this.low, this.high].map((input) => Number(input.value.replace('−', '-').replace(',', '.')));
    const [low, high] = ends as [number, number];
    const valid = Number.isFinite(low) && Number.isFinite(high) && high > low;
    this.low.setAttribute('aria-invalid', String(!valid));
    this.high.setAttribute('aria-invalid', String(!valid));
    if (valid && (low !== this.ends[0] || high !== this.ends[1])) this.changed([low, high]);
  }
}

function text(value: number): string {
  return String(Number(value.toPrecision(4)));
}
