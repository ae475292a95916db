import { type Theme, themeFrom } from './theme';

/** The theme of the page as it is now. */
export function pageTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  return themeFrom((name) => style.getPropertyValue(name), /\bvscode-high-contrast/.test(document.body.className));
}

/** Calls back when the editor's colour theme has changed: the editor then rewrites the variables and the body's class. */
export function onThemeChange(changed: (theme: Theme) => void): void {
  let last = JSON.stringify(pageTheme());
  const look = (): void => {
    const theme = pageTheme();
    const now = JSON.stringify(theme);
    if (now === last) return;
    last = now;
    changed(theme);
  };
  const observer = new MutationObserver(look);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
}
