import { foregroundProbability, outcome, prediction, trueProbability } from '../../engine/insight/maps';
import { element, replaceChildren } from '../kit/dom';
import type { Theme } from '../kit/theme';
import { button, dropdown, quietButton } from '../kit/widgets';
import type { MessageHandler } from '../protocol/messageHandler';
import type { ImageReference, SurfaceMargin, SurfacePhoto, SurfaceToHost, SurfaceToPanel } from '../protocol/surface';
import { cropped, mapEnds, mapPicture, meanOf, photoPicture } from './pictures';
import type { Place } from './state';
import { valueText } from '../kit/format';

type Host = Pick<MessageHandler<SurfaceToHost, SurfaceToPanel>, 'request' | 'send'>;

/** A point of a surface and the image that its network is tried on. */
interface Wish {
  readonly folder: string;
  readonly image: ImageReference;
  readonly place: Place;
}

/**
 * What the network at the cursor makes of an image: photograph, difference and confidence. While the cursor is dragged the
 * latest place wins: one question is under way, and the newest wish follows it.
 */
export class NetworkView {
  private readonly message = element('p', { class: 'muted', role: 'status' });
  private readonly pictures = element('div', { class: 'network-maps' });
  private readonly choice;
  private readonly open;
  readonly root: HTMLElement;
  private wish: Wish | null = null;
  private busy = false;
  private photo: { key: string; value: SurfacePhoto } | null = null;
  private shown = '';
  /** What the maps are of. */
  private at: Parameters<SurfaceToHost['heatmap']>[0] | null = null;

  constructor(
    private readonly host: Host,
    choose: (image: ImageReference) => void,
    private theme: Theme,
  ) {
    this.choice = dropdown('Image', [], '', (value) => choose(JSON.parse(value) as ImageReference));
    this.open = button('Open in heatmap panel', () => this.at && host.send('heatmap', this.at), {
      title:
        'All maps of the network at the cursor: confidence, loss, gradient and more. They follow the cursor while it is dragged.',
    });
    this.root = element(
      'section',
      { class: 'network', 'aria-label': 'The network at the cursor' },
      element('h2', {}, 'The network at the cursor'),
      element(
        'div',
        { class: 'controls' },
        this.choice.root,
        quietButton(
          'File …',
          'Choose an image file',
          () => void host.request('chooseImage', null).then((image) => image && choose(image)),
        ),
      ),
      this.open,
      this.message,
      this.pictures,
    );
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
  }

  /** @param place null: no point is chosen. @param reason why nothing can be computed, or null. */
  show(
    folder: string,
    place: Place | null,
    image: ImageReference | null,
    images: readonly { value: string; text: string }[],
    reason: string | null,
  ): void {
    this.choice.set(image ? JSON.stringify(image) : '', images);
    if (reason !== null || place === null || image === null) {
      this.wish = null;
      this.message.textContent =
        reason ??
        (image === null
          ? 'There is no image to segment: choose a file.'
          : 'Click a point of the surface or of a profile, or drag over the surface: the network there segments the image.');
      this.pictures.hidden = this.open.hidden = true;
      this.shown = '';
      this.at = null;
      return;
    }
    this.at = { folder, image, ...place };
    this.open.hidden = false;
    const wish = { folder, image, place };
    if (JSON.stringify(wish) === this.shown) return;
    this.shown = JSON.stringify(wish);
    this.wish = wish;
    if (!this.busy) void this.work();
  }

  private async work(): Promise<void> {
    this.busy = true;
    for (let wish = this.wish; wish !== null; wish = this.wish) {
      this.wish = null;
      if (this.pictures.hidden || !this.pictures.firstChild) this.message.textContent = 'The network is computed …';
      try {
        const { folder, image, place } = wish;
        const key = JSON.stringify([folder, image]);
        if (this.photo?.key !== key) this.photo = { key, value: await this.host.request('image', { folder, image }) };
        const answer = await this.host.request('margin', { folder, image, ...place, cursor: true });
        if (answer) this.draw(this.photo.value, answer, place);
      } catch (error) {
        this.message.textContent = `The network cannot be computed: ${error instanceof Error ? error.message : String(error)}`;
        this.pictures.hidden = true;
        this.shown = '';
      }
    }
    this.busy = false;
  }

  private draw(photo: SurfacePhoto, { margin, top, left, height, width }: SurfaceMargin, place: Place): void {
    const labels = photo.labels === null ? null : cropped(photo.labels, photo.width, { top, left, height, width });
    const map = { height, width, margin, labels };
    const size = { height, width };
    const labelled = labels === null ? null : { ...map, labels };
    const confidence = labelled ? trueProbability(labelled) : foregroundProbability(map);
    const confidenceName = labelled ? 'Confidence pt' : 'P(foreground)';
    const pictures: (readonly [string, HTMLCanvasElement])[] = [
      ['Photograph', photoPicture(photo.photo, photo.width, { top, left, height, width })],
      labelled
        ? ['Difference', mapPicture('outcome', outcome(labelled), size)]
        : ['Prediction', mapPicture('prediction', prediction(map), size)],
      [`${confidenceName} (${mapEnds})`, mapPicture(labelled ? 'pt' : 'foreground', confidence, size)],
    ];
    replaceChildren(
      this.pictures,
      ...pictures.map(([name, canvas]) => element('figure', {}, canvas, element('figcaption', {}, name))),
    );
    this.pictures.hidden = false;
    const words = [`a = ${valueText(place.a, 3)}, b = ${valueText(place.b, 3)}`];
    words.push(`mean ${confidenceName} ${valueText(meanOf(confidence), 3)}`);
    if (labelled) {
      const { iou, accuracy } = agreement(outcome(labelled));
      words.push(`IoU ${valueText(iou, 3)}`, `accuracy ${valueText(accuracy, 3)}`);
      words.push('yellow: true positive, orange: false negative, blue: false positive');
    }
    this.message.textContent = words.join(' · ');
    this.pictures.dataset['at'] = `${place.a},${place.b}`;
  }
}

/** Of the codes of `outcome`: 0 true negative, 1 true positive, 2 false negative, 3 false positive. */
export function agreement(codes: ArrayLike<number>): { iou: number; accuracy: number } {
  const counts = [0, 0, 0, 0];
  for (let index = 0; index < codes.length; index += 1) counts[codes[index]!]! += 1;
  const [tn, tp, fn, fp] = counts as [number, number, number, number];
  const union = tp + fn + fp;
  return { iou: union === 0 ? 1 : tp / union, accuracy: (tp + tn) / Math.max(1, codes.length) };
}
