import { open } from 'node:fs/promises';
import { parse } from 'node:path';
import { decodePixels } from './decode';

/**
 * Throws a Problem that names the file when it is cut short, the damage that copying and full disks do, without decoding
 * what need not be: PNG and JPEG end in a mark of their own, and a WebP that is shorter than it says has failed at its
 * header already. Whatever has no mark at its end, TIFFs among them, is decoded.
 */
export async function refuseTruncated(file: string): Promise<void> {
  if (!(await endsWhole(file))) await decodePixels(file, 1);
}

async function endsWhole(file: string): Promise<boolean> {
  const extension = parse(file).ext.toLowerCase();
  if (extension === '.webp') return true;
  const mark = { '.png': Buffer.from('IEND'), '.jpg': endOfImage, '.jpeg': endOfImage }[extension];
  return mark !== undefined && (await tail(file)).includes(mark);
}

const endOfImage = Buffer.from([0xff, 0xd9]);

/** The last bytes: some cameras and programs add a few of their own behind the mark. */
async function tail(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 512);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
