import type { DecodedImage } from '../../data/decode';
import { readHeader } from '../../data/decode';
import type { Handler } from '../inspector/handler';
import { changeSince } from '../inspector/images';

/** The photograph and its target. */
export const image: Handler<'image'> = async (params, context, signal) => {
  const run = await context.run(params.run);
  const found = await context.images.read(run, params.image);
  signal.throwIfAborted();
  const { name, split, labels } = found;
  const { height, width } = found.image;
  const [change, header] = await Promise.all([changeSince(run, found), readHeader(found.files.image)]);
  return {
    result: { name, height, width, split, ...change, notes: notesOf(found.image, header.channels, header.pages) },
    arrays: {
      photo: { shape: [height, width, 3], values: photo(found.image) },
      ...(labels === null ? {} : { labels: { shape: [height, width], values: labels } }),
    },
  };
};

function notesOf({ channels, maximum }: DecodedImage, inFile: number, pages: number): string[] {
  const notes: string[] = [];
  if (channels === 3 && inFile === 1) notes.push('The image is grey; the network takes colour, so grey is repeated.');
  if (channels === 1 && inFile !== 1)
    notes.push('The image is in colour; the network takes grey, and is given its luma.');
  if (maximum === 65535) notes.push('The image has 16 bits a channel; it is shown with 8.');
  if (pages > 1) notes.push(`The file has ${pages} pages; this is the first.`);
  return notes;
}

/** [H,W,3], 8 bits. */
function photo({ pixels, channels, maximum, height, width }: DecodedImage): Uint8Array {
  if (pixels instanceof Uint8Array && channels === 3) return pixels;
  const values = new Uint8Array(height * width * 3);
  const scale = 255 / maximum;
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.round(pixels[channels === 3 ? i : Math.trunc(i / 3)]! * scale);
  }
  return values;
}
