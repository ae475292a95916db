import { spawn } from 'node:child_process';

export interface EngineResult {
  /** 0; 1 for a failure, 2 for bad input; -1 when it did not start or was ended by a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the engine to its end and gathers what it prints. Never rejects. */
export function runEngineProcess(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env: Readonly<Record<string, string>>; signal?: AbortSignal },
): Promise<EngineResult> {
  return new Promise((done) => {
    const { cwd, signal } = options;
    const env = { ...process.env, NO_COLOR: '1', ...options.env };
    const child = spawn(command, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => err.push(data));
    let failure = '';
    child.on('error', (error) => (failure = error.message));
    child.on('close', (code) => {
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8');
      done({ code: failure === '' ? (code ?? -1) : -1, stdout: text(out), stderr: text(err) + failure });
    });
  });
}

/** The first line that the engine complained with, without its "error". */
export function complaint({ stderr, stdout, code }: EngineResult): string {
  const lines = (stderr.trim() || stdout.trim()).split('\n').filter((line) => line.trim() !== '');
  const first = lines.find((line) => /^error\b/.test(line)) ?? lines[0];
  return first?.replace(/^error\s+/, '').trim() ?? `the engine ended with code ${code}`;
}
