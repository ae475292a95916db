/** What `losscape predict --json` says of an image. */
interface Line {
  readonly image: string;
  readonly files: { readonly mask: string };
}

/** Puts the pieces that a process prints together to lines, each about one image. */
export class PredictionLines {
  /** Masks that have been written. */
  readonly masks: string[] = [];
  private rest = '';

  /** @param onImage an image is done; so many are by now. */
  constructor(private readonly onImage: (image: string, done: number) => void) {}

  push(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('{')) continue;
      const { image, files } = JSON.parse(line) as Line;
      this.masks.push(files.mask);
      this.onImage(image, this.masks.length);
    }
  }
}
