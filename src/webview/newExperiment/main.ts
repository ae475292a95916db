import { element, replaceChildren } from '../kit/dom';
import '../kit/kit.css';
import { connect, showFailure } from '../kit/panelApi';
import { button } from '../kit/widgets';
import type {
  NewExperimentToHost,
  NewExperimentToPanel,
  NewExperimentView,
  PreviewPair,
} from '../protocol/newExperiment';
import './newExperiment.css';
import { asForeground, thumbnail } from './picture';

const { host } = connect<NewExperimentToHost, NewExperimentToPanel, object>({});
const send = (message: 'train' | 'edit' | 'otherFolder') => () => host.send(message, null);

host.request('ready', null).then(show, showFailure);

function show(view: NewExperimentView): void {
  const { file, findings, pairs, total, losses, maskThreshold } = view;
  const shown = pairs.length < total ? `${pairs.length} of ${total} pairs` : `${total} pairs`;
  replaceChildren(
    document.body,
    element('h1', {}, 'New experiment'),
    element('p', { class: 'muted path' }, file),
    element('ul', { class: 'findings' }, ...findings.map((finding) => element('li', {}, finding))),
    element(
      'p',
      { class: 'actions' },
      button('Train U-Net', send('train'), { secondary: false, title: `One run for each loss: ${losses.join(', ')}` }),
      button('Edit the experiment', send('edit')),
      button('Another folder…', send('otherFolder'), { title: 'Deletes this experiment file again' }),
    ),
    element('h2', {}, shown),
    element('p', { class: 'muted' }, 'Do images and masks belong together? White is what the U-Net learns to find.'),
    element('div', { class: 'pairs' }, ...pairs.map((pair) => pairFigure(pair, maskThreshold))),
  );
}

function pairFigure(pair: PreviewPair, threshold: number): HTMLElement {
  const picture = (which: 'image' | 'mask'): HTMLElement => {
    const open = element('button', {
      class: 'picture',
      type: 'button',
      title: `Open the ${which} of ${pair.name}`,
      'aria-label': `Open the ${which} of ${pair.name}`,
      onclick: () => host.send('openImage', { name: pair.name, which }),
    });
    void fill(open, pair[which], which === 'mask' ? threshold : null);
    return open;
  };
  return element(
    'figure',
    {},
    element('div', { class: 'pair' }, picture('image'), picture('mask')),
    element('figcaption', {}, pair.name),
  );
}

/** A picture that cannot be shown says why, in its own place. */
async function fill(place: HTMLElement, address: string, threshold: number | null): Promise<void> {
  try {
    const canvas = await thumbnail(address);
    if (threshold !== null) asForeground(canvas, threshold);
    place.append(canvas);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    place.append(element('span', { class: 'muted' }, `No preview: ${why}`));
  }
}
