import '../kit/kit.css';
import { element, replaceChildren } from '../kit/dom';
import { onThemeChange, pageTheme } from '../kit/pageTheme';
import { connect } from '../kit/panelApi';
import { quietButton } from '../kit/widgets';
import type { CurvaturePanelToHost, CurvatureSnapshot, CurvatureToPanel } from '../protocol/curvature';
import { CurvatureSection } from './section';
import { type CurvatureState, initialCurvature } from './state';

/** What the panel remembers: the runs that it is about, and what was chosen. */
interface PageState extends CurvatureState {
  /** Absolute paths. */
  readonly folders: readonly string[];
}

const api = connect<CurvaturePanelToHost, CurvatureToPanel, PageState>({
  curvature: (found): void => section.receive(found),
});
let state: PageState = { ...initialCurvature, folders: [], ...api.remembered };

const about = element('div', { class: 'about' });
const section: CurvatureSection = new CurvatureSection(
  api.host,
  pageTheme(),
  {
    heading: 'h1',
    above: about,
    remember: (chosen) => {
      state = { ...state, ...chosen };
      api.remember(state);
    },
  },
  state,
);
const waiting = element('p', { class: 'empty' }, 'Reading what has been measured …');
document.body.append(waiting, element('main', { 'data-panel': 'curvature' }, section.root));

onThemeChange((theme) => section.setTheme(theme));

void api.host
  .request('ready', null)
  .then((snapshot) => {
    waiting.hidden = true;
    state = { ...state, folders: snapshot.folders };
    api.remember(state);
    showAbout(snapshot);
    section.show({ folders: snapshot.folders, runs: snapshot.runs.map(({ name }) => name) }, snapshot.trusted);
  })
  .catch((error: unknown) => {
    waiting.textContent = `Curvature cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
  });

/** Which runs these are, and the way to their surface, where two of the directions are drawn. */
function showAbout({ runs, synthetic }: CurvatureSnapshot): void {
  const names = runs.map(({ name, loss }) => (loss === null ? `${name} (cannot be read)` : `${loss} (${name})`));
  const surface = quietButton(
    'Loss surface …',
    'Two of the directions as a picture: opens the loss surface of these runs, or samples one',
    () => api.host.send('openSurface', null),
  );
  surface.classList.add('framed');
  replaceChildren(
    about,
    element('p', {}, `${runs.length === 1 ? 'Run' : 'Runs'}: ${names.join(', ')}`),
    element('p', { class: 'controls' }, synthetic && element('span', { class: 'badge' }, 'synthetic data'), surface),
  );
}
