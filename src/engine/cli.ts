#!/usr/bin/env node
import { launchVariable, wasLaunchedBefore } from './cli/launch';
import { run } from './cli/program';

// Whoever read the output may go before the work is done, as in `losscape runs | head`; the work goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

void main().then((code) => {
  process.exitCode = code;
});

async function main(): Promise<number> {
  if (await wasLaunchedBefore(process.env[launchVariable])) {
    process.stdout.write('This task has been carried out before. Start a new one from the runs view or the palette.\n');
    return 0;
  }
  return run(process.argv, { stdout: process.stdout, stderr: process.stderr });
}
