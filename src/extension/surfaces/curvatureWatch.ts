import type { CurvatureFound } from '../../webview/protocol/curvature';
import { CurvatureFiles } from './curvatureFiles';

/** Milliseconds between two looks while something is measured, and while nothing has happened for a while. */
export const curvatureGaps = { busy: 500, idle: 2000 } as const;

/**
 * Looks at the curvature of some runs and tells when it has changed. Looking, as at surfaces: it is also measured by other
 * machines over shared disks, and a process that has died announces nothing.
 */
export class CurvatureWatch {
  private readonly files: CurvatureFiles;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = '';
  private stopped = false;

  constructor(
    runFolders: readonly string[],
    private readonly changed: (found: CurvatureFound) => void,
  ) {
    this.files = new CurvatureFiles(runFolders);
  }

  /** What there is; from then on `changed` is told. */
  async begin(): Promise<CurvatureFound> {
    const { found, version } = await this.files.read();
    this.last = version;
    this.next(found);
    return found;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private next({ measured }: CurvatureFound): void {
    if (this.stopped) return;
    const busy = measured.some(({ status }) => status === 'measuring');
    this.timer = setTimeout(() => void this.look(), busy ? curvatureGaps.busy : curvatureGaps.idle);
    this.timer.unref?.();
  }

  private async look(): Promise<void> {
    const { found, version } = await this.files.read();
    if (this.stopped) return;
    if (version !== this.last) {
      this.last = version;
      this.changed(found);
    }
    this.next(found);
  }
}
