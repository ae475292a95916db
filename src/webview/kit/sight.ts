/**
 * Whether an element is in sight, by what its observer was told: a busy page hears of several changes at once, oldest first.
 * @param entries of one element; none are told without a change.
 */
export const inSight = (entries: readonly { readonly isIntersecting: boolean }[]): boolean =>
  entries.at(-1)?.isIntersecting ?? false;
