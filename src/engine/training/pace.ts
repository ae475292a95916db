/** How fast a run goes, to tell when it will be done: recent steps count most, evaluations are counted in. */
export class Pace {
  private stepSeconds: number | undefined;
  private evaluationSeconds: number | undefined;

  constructor(
    private readonly stepsPerEpoch: number,
    private readonly epochs: number,
    private readonly evaluateEvery: number,
  ) {}

  step(seconds: number): void {
    this.stepSeconds = blend(this.stepSeconds, seconds, 0.1);
  }

  evaluation(seconds: number): void {
    this.evaluationSeconds = blend(this.evaluationSeconds, seconds, 0.5);
  }

  /** Seconds until the run ends, when `step` steps are done. */
  secondsLeft(step: number): number {
    const steps = this.epochs * this.stepsPerEpoch - step;
    const done = Math.floor(step / this.stepsPerEpoch / this.evaluateEvery);
    const evaluations = Math.ceil(this.epochs / this.evaluateEvery) - done;
    return steps * (this.stepSeconds ?? 0) + evaluations * (this.evaluationSeconds ?? 0);
  }
}

const blend = (before: number | undefined, now: number, share: number): number =>
  before === undefined ? now : before + share * (now - before);
