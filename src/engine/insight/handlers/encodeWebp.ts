import { animatedWebp } from '../../report/animatedWebp';
import type { Handler } from '../inspector/handler';

/** The frames that a panel has drawn, as one animated WebP. */
export const encodeWebp: Handler<'encodeWebp'> = async ({ frames, milliseconds }, _context, signal) => {
  const pictures = frames.map((frame) => Buffer.from(frame, 'base64'));
  const { bytes, width, height } = await animatedWebp(pictures, milliseconds);
  signal.throwIfAborted();
  return {
    result: { frames: pictures.length, width, height },
    arrays: { file: { shape: [bytes.length], values: bytes } },
  };
};
