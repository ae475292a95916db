/**
 * Adam (Kingma & Ba, "Adam: A method for stochastic optimization", 2015) on one array in JavaScript: for pictures, which are
 * small and are changed by more than their gradient between two steps.
 */
export class Adam {
  private readonly m: Float32Array;
  private readonly v: Float32Array;
  private steps = 0;

  constructor(
    length: number,
    private readonly learningRate: number,
    private readonly beta1 = 0.9,
    private readonly beta2 = 0.999,
    private readonly epsilon = 1e-8,
  ) {
    this.m = new Float32Array(length);
    this.v = new Float32Array(length);
  }

  /** Moves `values` against `gradient`, in place. */
  step(values: Float32Array, gradient: Float32Array): void {
    const { m, v, beta1, beta2, epsilon } = this;
    this.steps += 1;
    const rate = this.learningRate / (1 - beta1 ** this.steps);
    const correction = 1 / (1 - beta2 ** this.steps);
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i]!;
      m[i] = beta1 * m[i]! + (1 - beta1) * g;
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      values[i]! -= (rate * m[i]!) / (Math.sqrt(v[i]! * correction) + epsilon);
    }
  }
}
