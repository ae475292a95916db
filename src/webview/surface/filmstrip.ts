import { foregroundProbability, trueProbability } from '../../engine/insight/maps';
import { element, replaceChildren } from '../kit/dom';
import { quietButton } from '../kit/widgets';
import type { MessageHandler } from '../protocol/messageHandler';
import type { ImageReference, SurfaceInfo, SurfaceToHost, SurfaceToPanel } from '../protocol/surface';
import { cropped, mapEnds, mapPicture, meanOf } from './pictures';
import { digits } from './reading';
import type { Place } from './state';

type Host = Pick<MessageHandler<SurfaceToHost, SurfaceToPanel>, 'request'>;

const frames = 9;

/** Evenly spread places along a through one, first and last of the axis among them. */
export function placesAlong(axis: readonly number[], { b }: Place, count = frames): Place[] {
  const [from, to] = [axis[0]!, axis.at(-1)!];
  return Array.from({ length: count }, (_, index) => ({ a: from + (index / (count - 1)) * (to - from), b }));
}

/** Which of some places along a is nearest to one. */
export function nearestTo({ a }: Place, places: readonly Place[]): number {
  const off = places.map((place) => Math.abs(place.a - a));
  return off.indexOf(Math.min(...off));
}

/** The confidence of networks along a line through the cursor, one after the other, when it is asked for. */
export class Filmstrip {
  private readonly strip = element('div', { class: 'filmstrip' });
  private readonly message = element('span', { class: 'muted', role: 'status' });
  readonly root: HTMLElement;
  private run = 0;

  /** @param subject what is looked at now; null when there is nothing to compute. */
  constructor(
    private readonly host: Host,
    private readonly subject: () => { info: SurfaceInfo; place: Place; image: ImageReference } | null,
  ) {
    this.root = element(
      'section',
      { 'aria-label': 'Filmstrip along a' },
      element(
        'div',
        { class: 'controls' },
        quietButton(
          'Filmstrip along a',
          'What the networks along a through the cursor make of the image',
          () => void this.show(),
        ),
        this.message,
      ),
      this.strip,
    );
  }

  private async show(): Promise<void> {
    const now = this.subject();
    this.message.textContent = now ? '' : 'There is no image, or no network may be run.';
    replaceChildren(this.strip);
    if (!now) return;
    const { info, place, image } = now;
    const folder = info.folder;
    const run = (this.run += 1);
    try {
      const photo = await this.host.request('image', { folder, image });
      const places = placesAlong(info.a.values, place);
      const nearest = nearestTo(place, places);
      for (const [index, at] of places.entries()) {
        this.message.textContent = `${index + 1} of ${places.length} …`;
        const answer = await this.host.request('margin', { folder, image, ...at, cursor: false });
        // Another point was asked for meanwhile: that one goes first.
        if (run !== this.run || answer === null) break;
        const labels = photo.labels && cropped(photo.labels, photo.width, answer);
        const map = { ...answer, labels };
        const values = labels ? trueProbability({ ...map, labels }) : foregroundProbability(map);
        const canvas = mapPicture(labels ? 'pt' : 'foreground', values, answer);
        const mean = digits(meanOf(values));
        canvas.title = `mean ${labels ? 'pt' : 'P(foreground)'} ${mean}`;
        this.strip.append(
          element(
            'figure',
            { class: index === nearest ? 'current' : '' },
            canvas,
            element('figcaption', {}, element('div', {}, `a = ${digits(at.a)}`), element('div', {}, `mean ${mean}`)),
          ),
        );
      }
      if (run === this.run)
        this.message.textContent =
          `${photo.labels ? 'Confidence pt' : 'P(foreground)'} at b = ${digits(place.b)}: ${mapEnds}. ` +
          'Framed: nearest to the cursor.';
    } catch (error) {
      this.message.textContent = error instanceof Error ? error.message : String(error);
    }
  }
}
