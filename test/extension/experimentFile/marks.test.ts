import { describe, expect, it } from 'vitest';
import { applyFix, fixesFor } from '../../../src/engine/experiment/fixes';
import { marksOfCheck, marksOfText } from '../../../src/extension/experimentFile/marks';

const file = '/data/eye.losscape.json';
const marked = (text: string, mark: { offset: number; length: number }): string =>
  text.slice(mark.offset, mark.offset + mark.length);

const withLosses = (losses: string): string => `{
  // images of eyes
  "dataset": { "images": "images", "masks": "masks" },
  "losses": [
    ${losses}
  ]
}
`;

describe('marks of a text', () => {
  it('a good file has none', () => {
    expect(marksOfText(withLosses('{ "type": "focal", "gamma": 2 },'), file)).toEqual([]);
  });

  it('a mistyped key is marked from quote to quote, and can be renamed or removed', () => {
    const text = withLosses('{ "type": "focal", "gama": 2 } // hard pixels');
    const [mark, ...rest] = marksOfText(text, file);
    expect(rest).toEqual([]);
    expect(marked(text, mark!)).toBe('"gama"');
    expect(mark!.message).toContain('Did you mean "gamma"?');
    const [rename, remove] = fixesFor(text, mark!.subject!);
    expect(applyFix(text, rename!)).toBe(text.replace('gama', 'gamma'));
    expect(remove!.kind).toBe('remove');
    expect(marksOfText(applyFix(text, remove!), file)).toEqual([]);
    expect(applyFix(text, remove!)).toContain('// hard pixels');
  });

  it('a mistyped value offers what is near first, then the others', () => {
    const text = withLosses('{ "type": "dise" }');
    const [mark] = marksOfText(text, file);
    expect(marked(text, mark!)).toMatch(/dise|\{/);
    const fixes = fixesFor(text, mark!.subject!);
    expect(fixes.map(({ value }) => value)).toEqual(['dice', 'crossEntropy', 'focal', 'sum']);
    expect(marksOfText(applyFix(text, fixes[0]!), file)).toEqual([]);
  });

  it('a missing section can be inserted, in the indentation of the file', () => {
    const text = '{\n    "losses": [{ "type": "dice" }]\n}\n';
    const [mark] = marksOfText(text, file);
    const [insert] = fixesFor(text, mark!.subject!);
    const fixed = applyFix(text, insert!);
    expect(fixed).toContain('\n    "dataset": {\n        "images": "images"');
    expect(marksOfText(fixed, file)).toEqual([]);
  });

  it('a key that stands twice is marked the second time', () => {
    const text = withLosses('{ "type": "focal", "gamma": 1, "gamma": 2 }');
    const [mark] = marksOfText(text, file);
    expect(mark!.offset).toBe(text.lastIndexOf('"gamma"'));
    expect(mark!.subject).toEqual({ kind: 'duplicateKey', path: ['losses', 0, 'gamma'] });
  });

  it('survives every prefix of a file that is being typed, on any system', () => {
    const text = withLosses('{ "type": "sum", "terms": [{ "type": "dice", "weight": 0.5 }] }').replaceAll('\n', '\r\n');
    for (let length = 0; length <= text.length; length += 1) {
      for (const mark of marksOfText(text.slice(0, length), file)) {
        expect(mark.offset).toBeLessThanOrEqual(length);
        expect(mark.offset + mark.length).toBeLessThanOrEqual(length);
      }
    }
  });
});

describe('marks of a data check', () => {
  const text = `{
  "dataset": { "images": "images", "masks": "masks" },
  "input": { "crop": [512, 512] }
}
`;

  it('stand at the value, or at the key around it when the value is not written down', () => {
    const marks = marksOfCheck(text, [
      { severity: 'error', message: 'too large', subject: { path: ['input', 'crop'], kind: 'value' } },
      { severity: 'error', message: 'not paired', subject: { path: ['dataset', 'unpaired'], kind: 'value' } },
      { severity: 'warning', message: 'odd' },
    ]);
    expect(marks.map((mark) => marked(text, mark))).toEqual(['[512, 512]', '"dataset"', '{']);
  });

  it('the crop that fits is set in place', () => {
    const [fix] = fixesFor(text, { path: ['input', 'crop'], kind: 'value', suggestions: [[240, 240], 'auto'] });
    expect(JSON.parse(applyFix(text, fix!))).toMatchObject({ input: { crop: [240, 240] } });
  });
});
