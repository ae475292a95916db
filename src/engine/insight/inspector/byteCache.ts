/** Values within a bound of bytes, the longest unused dropped first. One that is larger than the bound is not kept. */
export class ByteCache<T> {
  /** In order of use: a Map keeps the order of insertion. */
  private readonly kept = new Map<string, { value: T; bytes: number }>();
  private total = 0;

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.total;
  }

  get(key: string): T | undefined {
    const entry = this.kept.get(key);
    if (!entry) return undefined;
    this.kept.delete(key);
    this.kept.set(key, entry);
    return entry.value;
  }

  set(key: string, value: T, bytes: number): void {
    this.delete(key);
    if (bytes > this.maxBytes) return;
    for (const oldest of this.kept.keys()) {
      if (this.total + bytes <= this.maxBytes) break;
      this.delete(oldest);
    }
    this.kept.set(key, { value, bytes });
    this.total += bytes;
  }

  private delete(key: string): void {
    this.total -= this.kept.get(key)?.bytes ?? 0;
    this.kept.delete(key);
  }
}
