import { describe, expect, it } from 'vitest';
import { contrast, legible, mix, over, parseColour } from '../../../src/webview/kit/colour';
import { lookColour, lookDash, lookMarker, themeFrom } from '../../../src/webview/kit/theme';

const dark: Record<string, string> = {
  '--vscode-editor-background': '#1f1f1f',
  '--vscode-editor-foreground': '#cccccc',
  '--vscode-charts-blue': '#59a4f9',
  '--vscode-charts-red': '#f14c4c',
  '--vscode-charts-orange': '#d186167f',
};
const theme = themeFrom((name) => dark[name] ?? '', false);
const look = (run: number) => ({ colour: { run }, variant: run });

describe('themeFrom', () => {
  it('takes colours from the editor and makes missing ones from those that are there', () => {
    expect(theme).toMatchObject({ background: '#1f1f1f', train: '#59a4f9', test: '#f14c4c', highContrast: false });
    expect(parseColour(theme.muted)).not.toBeNull();
  });

  it('keeps every line legible on the background', () => {
    for (const colour of theme.runs) expect(contrast(colour, theme.background)).toBeGreaterThanOrEqual(3);
  });

  it('tells runs apart by dashes once colours are used up', () => {
    expect(lookDash(theme, look(0))).toBe('solid');
    expect(lookColour(theme, look(6))).toBe(lookColour(theme, look(0)));
    expect(lookDash(theme, look(6))).not.toBe('solid');
    expect(lookMarker(theme, look(0))).toBeNull();
  });

  it('never relies on colour alone in high contrast', () => {
    const high = themeFrom((name) => dark[name] ?? '', true);
    const looks = [0, 1, 2, 3, 4, 5].map((run) =>
      JSON.stringify([lookDash(high, look(run)), lookMarker(high, look(run))]),
    );
    expect(new Set(looks).size).toBe(6);
  });
});

describe('colours', () => {
  it.each([
    ['#fff', [255, 255, 255, 1]],
    ['#11223380', [17, 34, 51, 128 / 255]],
    ['rgb(1, 2, 3)', [1, 2, 3, 1]],
    ['rgba(1 2 3 / 50%)', [1, 2, 3, 0.5]],
    ['transparent', null],
  ])('reads %s', (text, parsed) => expect(parseColour(text)).toEqual(parsed));

  it('mixes, lays over, and darkens what would not be seen', () => {
    expect(mix('#000000', '#ffffff', 0.5)).toBe('rgb(128, 128, 128)');
    expect(over('rgba(255, 0, 0, 0.5)', '#ffffff')).toBe('rgb(255, 128, 128)');
    expect(contrast(legible('#ffff00', '#ffffff', '#000000', 3), '#ffffff')).toBeGreaterThanOrEqual(3);
  });
});
