import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { element } from './dom';

/*
 * The only file that knows which widgets the panels are made of: a successor of the toolkit has to replace these functions
 * and nothing else.
 */
provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeTextField(),
);

/** A push button. */
export function button(
  text: string,
  onClick: () => void,
  options: { secondary?: boolean; title?: string } = {},
): HTMLElement {
  const made = document.createElement('vscode-button');
  made.textContent = text;
  if (options.secondary !== false) made.setAttribute('appearance', 'secondary');
  if (options.title !== undefined) made.title = options.title;
  made.addEventListener('click', onClick);
  return made;
}

/** A box to tick. */
export interface Checkbox {
  readonly root: HTMLElement;
  set(checked: boolean): void;
}

export function checkbox(
  text: string,
  checked: boolean,
  onChange: (checked: boolean) => void,
  title?: string,
): Checkbox {
  const made = document.createElement('vscode-checkbox') as HTMLElement & { checked: boolean };
  made.textContent = text;
  if (title !== undefined) made.title = title;
  let now = checked;
  made.checked = checked;
  made.addEventListener('change', () => {
    // The widget also announces what the page has set itself.
    if (made.checked === now) return;
    now = made.checked;
    onChange(now);
  });
  return {
    root: made,
    set: (value) => {
      now = value;
      made.checked = value;
    },
  };
}

/** A choice out of a list. */
export interface Dropdown {
  readonly root: HTMLElement;
  set(value: string, options?: readonly Choice[]): void;
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

export function dropdown(
  label: string,
  options: readonly Choice[],
  value: string,
  onChange: (value: string) => void,
): Dropdown {
  const made = document.createElement('vscode-dropdown') as HTMLElement & { value: string };
  made.setAttribute('aria-label', label);
  let now = value;
  let shown = '';
  const fill = (choices: readonly Choice[]): void => {
    const text = JSON.stringify(choices);
    if (text === shown) return;
    shown = text;
    made.replaceChildren(
      ...choices.map((choice) => {
        const option = document.createElement('vscode-option');
        option.setAttribute('value', choice.value);
        option.textContent = choice.text;
        if (choice.value === now) option.setAttribute('selected', '');
        return option;
      }),
    );
  };
  fill(options);
  made.addEventListener('change', () => {
    if (made.value === now) return;
    now = made.value;
    onChange(now);
  });
  return {
    root: element('label', { class: 'field' }, element('span', {}, label), made),
    set: (next, choices) => {
      now = next;
      if (choices) fill(choices);
      if (made.value !== next) made.value = next;
    },
  };
}

/** A line of text. */
export function textField(label: string, value: string, onInput: (value: string) => void): HTMLElement {
  const made = document.createElement('vscode-text-field') as HTMLElement & { value: string };
  made.setAttribute('aria-label', label);
  made.setAttribute('placeholder', label);
  made.value = value;
  made.addEventListener('input', () => onInput(made.value));
  return made;
}

/** A number on a line. The toolkit has none: the browser's own, in the editor's colours. */
export function slider(
  label: string,
  { max, step, value }: { max: number; step: number; value: number },
  text: (value: number) => string,
  onInput: (value: number) => void,
): { root: HTMLElement; set(value: number): void } {
  const output = element('output', {}, text(value));
  const input = element('input', {
    type: 'range',
    min: '0',
    max: String(max),
    step: String(step),
    'aria-label': label,
  });
  input.value = String(value);
  input.addEventListener('input', () => {
    output.textContent = text(Number(input.value));
    onInput(Number(input.value));
  });
  return {
    root: element('label', { class: 'field' }, element('span', {}, label), input, output),
    set: (next) => {
      input.value = String(next);
      output.textContent = text(next);
    },
  };
}

/** A small button without a frame, for the tools of a figure. `pressed` makes it a switch. */
export function quietButton(text: string, title: string, onClick: () => void, pressed?: boolean): HTMLButtonElement {
  return element(
    'button',
    {
      class: 'quiet',
      type: 'button',
      title,
      // A sign such as ▶ is no name.
      ...(/\p{L}/u.test(text) ? {} : { 'aria-label': title }),
      onclick: onClick,
      ...(pressed === undefined ? {} : { 'aria-pressed': pressed }),
    },
    text,
  );
}
