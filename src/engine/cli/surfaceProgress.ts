import { duration } from '../report/words';
import type { SurfaceEvent } from '../surface/sweep';
import { type Colours, coloursFor, figure, type OutputStream } from './io';

/** Shows a sweep while it goes on. */
export interface SurfaceConsole {
  event(event: SurfaceEvent): void;
  /** Leaves the terminal in order. Call it however the sweep ends. */
  close(): void;
}

/** Redrawing more often than the eye can follow only costs time. */
const millisecondsBetween = 80;

/**
 * Renders the events of a sweep: one JSON object a line with `json`; on a terminal one line that is redrawn; elsewhere a
 * plain line whenever the picture has become finer.
 */
export function createSurfaceConsole({ json, stream }: { json: boolean; stream: OutputStream }): SurfaceConsole {
  if (json) return { event: (event) => void stream.write(`${JSON.stringify(event)}\n`), close: () => undefined };
  return new TextConsole(stream);
}

class TextConsole implements SurfaceConsole {
  private readonly colours: Colours;
  private drawn = -Infinity;
  private open = false;
  private pace = '';

  constructor(private readonly stream: OutputStream) {
    this.colours = coloursFor(stream.isTTY ?? false);
  }

  event(event: SurfaceEvent): void {
    switch (event.type) {
      case 'started': {
        const { document, folder } = event;
        const { a, b } = document.axes;
        const losses = document.losses.map(({ label }) => label).join(', ');
        const resumed = document.done > 0 ? `, goes on after ${document.done}` : '';
        const what =
          document.kind === 'line' ? `Line of ${a.length} points` : `Surface of ${a.length} × ${b.length} points`;
        this.line(`${this.colours.bold(what)}${resumed}: ${losses}`);
        this.line(`  ${document.provenance}`);
        return this.line(`  ${this.colours.dim(folder)}`);
      }
      case 'progress':
        return this.progress(event);
      case 'refined':
        if (!this.stream.isTTY)
          this.line(`  ${event.points.join(' × ')}: ${event.done} of ${event.total} points${this.pace}`);
        return;
      case 'trajectories':
        if (event.done === event.total) this.line(`  trajectories: ${event.total} networks`);
        return;
      case 'ended': {
        const { status, document } = event;
        const checked = document.adaptive?.checked;
        if (checked?.points === 0) this.line('  nothing was smooth enough to be interpolated');
        else if (checked) {
          const losses = Object.entries(checked.largest).filter(([key]) => document.quantities[key]?.kind === 'loss');
          const worst = Math.max(...losses.map(([, error]) => error));
          this.line(
            `  interpolated where smooth; at ${checked.points} points measured afterwards off by at most ` +
              `${figure(100 * worst, 2)} % of a loss's range`,
          );
        }
        this.line(
          `  ${status} with ${document.done} of ${document.total} points after ${duration(document.secondsSampling)}` +
            (status === 'finished' ? '' : `; go on with --resume ${document.id}`),
        );
      }
    }
  }

  close(): void {
    if (this.open) this.stream.write('\n');
    this.open = false;
  }

  private progress({ done, total, pointsPerSecond, etaSeconds }: Extract<SurfaceEvent, { type: 'progress' }>): void {
    this.pace = `, ${figure(pointsPerSecond, 1)} points/s, ${duration(etaSeconds)} left`;
    if (!this.stream.isTTY) return;
    if (performance.now() - this.drawn < millisecondsBetween && done < total) return;
    this.drawn = performance.now();
    const room = Math.max(0, (this.stream.columns ?? 80) - 1);
    const text = `  ${done} of ${total} points${this.pace}  `;
    const size = Math.min(28, room - text.length);
    const full = Math.round((done / total) * size);
    const bar = size < 8 ? '' : this.colours.cyan('█'.repeat(full)) + this.colours.dim('░'.repeat(size - full));
    this.stream.write(`\r\u001b[2K${text.slice(0, room)}${bar}`);
    this.open = true;
  }

  /** A line of its own; it takes the place of the progress line. */
  private line(text: string): void {
    if (this.open) this.stream.write('\r\u001b[2K');
    this.open = false;
    this.stream.write(`${text}\n`);
  }
}
