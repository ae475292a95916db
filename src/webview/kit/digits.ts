import { tickText } from './format';

/** Four digits of a value. */
export const digits = (value: number | undefined | null): string =>
  value === undefined || value === null || Number.isNaN(value)
    ? '–'
    : Number.isFinite(value)
      ? tickText(Number(value.toPrecision(4)))
      : value > 0
        ? '∞'
        : '−∞';
