import sharp from 'sharp';
import { Problem } from '../../runs/problem';

/**
 * Pictures of one size as an animated WebP that repeats for ever, without loss: colours stand for values.
 *
 * @param frames PNG files.
 * @param milliseconds how long each frame is shown; the last one four times as long, so that one sees where it ends.
 * @throws Problem when there are no frames, or one has another size than the first.
 */
export async function animatedWebp(
  frames: readonly Uint8Array[],
  milliseconds: number,
): Promise<{ bytes: Uint8Array; width: number; height: number }> {
  const [first] = await Promise.all(frames.slice(0, 1).map((frame) => sharp(frame).metadata()));
  if (!first) throw new Problem('there are no frames to make a moving picture of');
  const { width, height } = first;
  for (const frame of frames.slice(1)) {
    const other = await sharp(frame).metadata();
    if (other.width !== width || other.height !== height) {
      throw new Problem(`a frame is ${other.width} × ${other.height} pixels, the first is ${width} × ${height}`);
    }
  }
  const delay = frames.map((_, index) => (index === frames.length - 1 ? 4 : 1) * milliseconds);
  const join = frames.length > 1 ? { join: { animated: true } } : {};
  const { data } = await sharp(frames.length > 1 ? [...frames] : frames[0], join)
    .webp({ lossless: true, effort: 1, loop: 0, delay })
    .toBuffer({ resolveWithObject: true });
  return { bytes: new Uint8Array(data), width, height };
}
