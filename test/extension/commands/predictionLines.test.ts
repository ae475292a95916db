import { expect, it } from 'vitest';
import { PredictionLines } from '../../../src/extension/commands/predictionLines';

it('lines are put together from pieces, and what is no prediction is passed over', () => {
  const seen: string[] = [];
  const lines = new PredictionLines((image, done) => seen.push(`${done} ${image}`));
  const line = (name: string) =>
    `${JSON.stringify({ image: `/in/${name}.png`, files: { mask: `/out/${name}.mask.png` } })}\n`;
  const text = `${line('a')}a word\n${line('b')}`;
  for (let at = 0; at < text.length; at += 7) lines.push(text.slice(at, at + 7));
  expect(seen).toEqual(['1 /in/a.png', '2 /in/b.png']);
  expect(lines.masks).toEqual(['/out/a.mask.png', '/out/b.mask.png']);
});
