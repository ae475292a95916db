/** Numbers that grow at the end, in one typed array. */
export class NumberColumn {
  private data = new Float64Array(64);
  private used = 0;

  get length(): number {
    return this.used;
  }

  push(value: number): void {
    if (this.used === this.data.length) {
      const larger = new Float64Array(2 * this.data.length);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.used] = value;
    this.used += 1;
  }

  /** The numbers so far. Stays as it is when more are pushed, and shares their memory. */
  view(): Float64Array {
    return this.data.subarray(0, this.used);
  }
}
