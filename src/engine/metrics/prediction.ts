/** What a network says about one image, as the metrics need it. */
export interface Prediction {
  readonly height: number;
  readonly width: number;
  /** Foreground logit minus background logit, [H,W]. */
  readonly margin: Float32Array;
  /** Softmax probability of the foreground, [H,W], in [0,1]. */
  readonly foreground: Float32Array;
  /** 1 where the foreground has the larger logit, else 0, [H,W]. */
  readonly mask: Uint8Array;
}

/** @param logits planar [2,H,W], background first. */
export function readPrediction(logits: Float32Array, height: number, width: number): Prediction {
  const size = height * width;
  const margin = new Float32Array(size);
  const foreground = new Float32Array(size);
  const mask = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const x = logits[size + i]! - logits[i]!;
    margin[i] = x;
    foreground[i] = 1 / (1 + Math.exp(-x));
    mask[i] = x > 0 ? 1 : 0;
  }
  return { height, width, margin, foreground, mask };
}
