import { expect, test } from 'vitest';
import { withSection } from '../../bench/sections';

const two = '# Speed\n\nfast\n\n## Of what\n\nall\n\n# Memory\n\nlittle\n';

test('a section takes the place of the one with its heading', () => {
  expect(withSection(two, '# Speed\n\nfaster\n')).toBe('# Speed\n\nfaster\n\n# Memory\n\nlittle\n');
  expect(withSection(two, '# Memory\n\nnone')).toBe('# Speed\n\nfast\n\n## Of what\n\nall\n\n# Memory\n\nnone\n');
});

test('a new section comes last', () => {
  expect(withSection(two, '# Surfaces\n\nhilly\n')).toBe(`${two}\n# Surfaces\n\nhilly\n`);
  expect(withSection('', '# Speed\n\nfast\n')).toBe('# Speed\n\nfast\n');
  expect(() => withSection('', 'no heading')).toThrow('begins with its heading');
});
