import { InvalidArgumentError } from 'commander';

/*
 * What options take, read from their text. Each throws commander's InvalidArgumentError for what makes no sense.
 */

export const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number of at least 1.');
  return value;
};

export const rangeOf = (text: string): [number, number] => {
  const ends = text.split(':').map((end) => (end.trim() === '' ? NaN : Number(end)));
  if (ends.length !== 2 || !ends.every(Number.isFinite)) {
    throw new InvalidArgumentError('must be FROM:TO, as in -1:1.');
  }
  return ends as [number, number];
};

export const gridSize = (text: string): number => {
  const value = wholeNumber(text);
  if (value < 2 || value > 4097) throw new InvalidArgumentError('must be a whole number from 2 to 4097.');
  return value;
};

export const epochOf = (text: string): number | 'last' | 'best' => {
  if (text === 'last' || text === 'best') return text;
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be the number of an epoch, "last" or "best".');
  return Number(text);
};

export const sizeOf = (text: string): [number, number] => {
  const match = /^(\d+)x(\d+)$/.exec(text);
  if (!match || Number(match[1]) < 1 || Number(match[2]) < 1) {
    throw new InvalidArgumentError('must be HEIGHTxWIDTH, as in 256x256.');
  }
  return [Number(match[1]), Number(match[2])];
};

/** A number above 0. */
export const positiveNumber = (text: string): number => {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('must be a number above 0.');
  return value;
};

/** A number of at least 0. */
export const unsignedNumber = (text: string): number => {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('must be a number of at least 0.');
  return value;
};

/** A whole number of at least 0. */
export const countingNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number of at least 0.');
  return Number(text);
};
