import { differingSettings, settingsOf, settingText, sharedSettings } from '../kit/configuration';
import { type NamedRun, runLook } from '../kit/curves';
import { element, replaceChildren } from '../kit/dom';
import { swatch } from '../kit/swatch';
import type { Theme } from '../kit/theme';
import { quietButton } from '../kit/widgets';

/** Only the settings in which the runs differ. */
export class SettingsView {
  readonly root = element('div');
  private drawn = '';

  /** @param diff shows two runs in the editor's own diff. */
  constructor(private readonly diff: (before: string, after: string) => void) {}

  show(runs: readonly NamedRun[], baseline: string, theme: Theme): void {
    const settings = runs.map((run) => settingsOf(run.info.configuration));
    const key = JSON.stringify([settings.map((one) => [...one]), runs.map((run) => run.name), baseline, theme]);
    if (key === this.drawn) return;
    this.drawn = key;
    const differing = differingSettings(settings);
    const shared = sharedSettings(settings);
    if (differing.length === 0) {
      replaceChildren(this.root, element('p', {}, `All ${shared} settings are the same.`));
      return;
    }
    replaceChildren(
      this.root,
      element(
        'div',
        { class: 'scroll' },
        element(
          'table',
          { class: 'data settings' },
          element('caption', { class: 'visually-hidden' }, 'Settings in which the runs differ'),
          element(
            'thead',
            {},
            element(
              'tr',
              {},
              element('th', { scope: 'col' }, 'setting'),
              ...runs.map((run) => this.head(run, baseline, theme)),
            ),
          ),
          element(
            'tbody',
            {},
            ...differing.map(({ name, path, values }) =>
              element(
                'tr',
                {},
                element('th', { scope: 'row', title: path }, name),
                ...values.map((value) => element('td', { title: settingText(value) }, settingText(value))),
              ),
            ),
          ),
        ),
      ),
      element('p', { class: 'muted' }, `The other ${shared} settings are the same in all runs.`),
    );
  }

  private head(run: NamedRun, baseline: string, theme: Theme): HTMLElement {
    const { folder } = run.info;
    return element(
      'th',
      { scope: 'col' },
      swatch(theme, runLook(run.place, false)),
      ` ${run.name} `,
      folder !== baseline &&
        quietButton('diff', 'Show how it differs from the baseline, in the editor’s diff', () =>
          this.diff(baseline, folder),
        ),
    );
  }
}
