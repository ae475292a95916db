import type { CommandIo } from './io';

/** A signal that comes this soon after the first is the same key press: npm passes on what the terminal has sent already. */
const sameKeyPressMilliseconds = 500;

/** The first SIGINT or SIGTERM prints `message` and aborts the signal, the second one ends the process. */
export function stopOnSignal(io: CommandIo, message: string): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  let first = 0;
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      if (performance.now() - first > sameKeyPressMilliseconds) process.exit(130);
      return;
    }
    first = performance.now();
    io.stderr.write(`\n${message}\n`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
