/** A list with a member taken out if it is in there, else put in. */
export function toggled(list: readonly string[], member: string): string[] {
  return list.includes(member) ? list.filter((other) => other !== member) : [...list, member];
}

/** The keys to hide so that only one is left; none when it is the only one already. */
export function allBut(keys: readonly string[], hidden: readonly string[], only: string): string[] {
  const others = keys.filter((key) => key !== only);
  const alone = !hidden.includes(only) && others.every((key) => hidden.includes(key));
  return alone ? [] : others;
}
