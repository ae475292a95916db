import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../../src/engine/experiment/nearest';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['fliters', 'filters', 1],
    ['ab', 'ba', 1],
    ['flaw', 'lawn', 2],
  ])('of "%s" and "%s" is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe('nearest', () => {
  it('is the candidate with the fewest edits, whatever the case of its letters', () => {
    expect(nearest('maskTreshold', ['masks', 'maskThreshold'])).toBe('maskThreshold');
    expect(nearest('CROP', ['flip', 'crop'])).toBe('crop');
    expect(nearest('mask', ['images', 'masks'])).toBe('masks');
  });

  it('is null when nothing is near', () => {
    expect(nearest('zoom', ['crop', 'flip'])).toBeNull();
    expect(nearest('x', [])).toBeNull();
  });
});
