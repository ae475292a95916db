import { expect, it } from 'vitest';
import { inSight } from '../../../src/webview/kit/sight';

it('what was observed last says whether something is in sight, when several changes are told at once', () => {
  const [away, here] = [{ isIntersecting: false }, { isIntersecting: true }];
  expect(inSight([here])).toBe(true);
  expect(inSight([away])).toBe(false);
  expect(inSight([away, here])).toBe(true);
  expect(inSight([here, away])).toBe(false);
});
