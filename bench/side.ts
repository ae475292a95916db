import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { BenchCase } from './cases';
import type { BenchAnswer, BenchRequest, MemoryAnswer, PreparedAnswer, TimesAnswer } from './protocol';
import type { SurfaceRequest } from './surfaceProtocol';

/** A process that is measured. It stays alive between the blocks of runs that it is asked for. */
export class Side {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: Interface;
  private readonly answers: AsyncIterator<string>;
  private readonly ended: Promise<string>;

  constructor(
    readonly name: string,
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(error.message));
      this.child.once('close', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
    });
    // A process that died is reported by what it was asked last, not by the pipe.
    this.child.stdin.on('error', () => undefined);
    this.lines = createInterface({ input: this.child.stdout });
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  prepare(bench: BenchCase, tile: number, threads: number): Promise<PreparedAnswer> {
    return this.ask<PreparedAnswer>({ do: 'prepare', case: bench, tile, threads });
  }

  async times(what: 'step' | 'forward', untimed: number, runs: number): Promise<readonly number[]> {
    return (await this.ask<TimesAnswer>({ do: what, untimed, runs })).milliseconds;
  }

  /** Largest resident size so far, MiB. */
  async peakMemory(): Promise<number> {
    return (await this.ask<MemoryAnswer>({ do: 'memory' })).peak;
  }

  async close(): Promise<void> {
    this.child.stdin.end();
    await this.ended;
    this.lines.close();
  }

  /** Sends one request; gives its answer. @throws Error when the other side fails, or dies. */
  async ask<T>(request: BenchRequest | SurfaceRequest): Promise<T> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await this.answers.next();
    if (line.done === true) throw new Error(`${this.name} was asked to ${request.do}: ${await this.ended}`);
    const answer = JSON.parse(line.value) as BenchAnswer;
    if ('error' in answer) throw new Error(`${this.name} was asked to ${request.do}: ${answer.error}`);
    return answer as T;
  }
}
