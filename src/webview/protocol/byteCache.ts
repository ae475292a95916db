/** Keeps the values that were used last, up to a number of bytes. */
export class ByteCache<Value> {
  /** In the order of their last use. */
  private readonly kept = new Map<string, { readonly value: Value; readonly bytes: number }>();
  private total = 0;

  /** @param limit bytes; a value larger than all of them is not kept. */
  constructor(readonly limit: number) {}

  /** Bytes of everything that is kept. */
  get bytes(): number {
    return this.total;
  }

  /** A value, which counts as used now. */
  get(key: string): Value | undefined {
    const found = this.kept.get(key);
    if (found === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, found);
    return found.value;
  }

  /** Whether a value is kept; that is no use of it. */
  has(key: string): boolean {
    return this.kept.has(key);
  }

  /** Keeps a value and lets go of those that were not used for longest. */
  set(key: string, value: Value, bytes: number): void {
    this.delete(key);
    if (bytes > this.limit) return;
    this.kept.set(key, { value, bytes });
    this.total += bytes;
    for (const oldest of this.kept.keys()) {
      if (this.total <= this.limit) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const found = this.kept.get(key);
    if (found === undefined) return;
    this.kept.delete(key);
    this.total -= found.bytes;
  }

  clear(): void {
    this.kept.clear();
    this.total = 0;
  }
}
