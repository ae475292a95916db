import { describe, expect, it } from 'vitest';
import manifest from '../../package.json';
import packageTexts from '../../package.nls.json';
import { bundleText } from '../../scripts/l10n.mjs';

describe('texts for translators', () => {
  it('the bundle holds the texts of the extension host', () => {
    const texts = Object.keys(JSON.parse(bundleText()) as object);
    expect(texts.length).toBeGreaterThan(150);
    // From `vscode.l10n.t`, from a short name for it, and from modules that know nothing of the editor.
    for (const text of ['Delete this run?', 'Losscape Training', 'Interrupted']) expect(texts).toContain(text);
  });

  it('package.nls.json has exactly the texts that package.json names', () => {
    const named = new Set([...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key));
    expect([...named].sort()).toEqual(Object.keys(packageTexts).sort());
  });
});
