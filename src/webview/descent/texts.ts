import type { DescentInfo } from '../protocol/descent';

/** How far a descent is, in words. */
export function statusText({ status, stepsDone, stepsTotal }: DescentInfo): string {
  const done = `${count(stepsDone)} of ${count(stepsTotal)} steps`;
  switch (status) {
    case 'running':
      return `running, ${done}`;
    case 'finished':
      return `finished, ${done}`;
    default:
      return `${status} after ${done}`;
  }
}

/** Whether it can go on where it was. */
export function isResumable({ status }: DescentInfo): boolean {
  return status === 'stopped' || status === 'interrupted' || status === 'failed';
}

/** What it is about, in a line. */
export function aboutText({ image, epoch, trainedWith, learningRate, steps, every }: DescentInfo): string {
  return (
    `${image.name} (${image.split}), ${image.width} × ${image.height} pixels; from epoch ${epoch} of ${trainedWith}; ` +
    `${count(steps)} steps of Adam at ${learningRate} under each loss, a map every ${every}`
  );
}

/** A number of steps with its thousands apart. */
export function count(steps: number): string {
  return steps.toLocaleString('en');
}
