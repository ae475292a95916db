/**
 * Softmax probability of the foreground of each pixel.
 * @param logits [2, pixels]: background, foreground.
 */
export function foregroundProbability(logits: Float32Array): Float32Array {
  const pixels = logits.length / 2;
  const probability = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) probability[i] = 1 / (1 + Math.exp(logits[i]! - logits[pixels + i]!));
  return probability;
}
