import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { withLightColours } from './colours';

/** How much finer than its CSS pixels a figure is drawn. */
const pixelRatio = 2;

/** White around a figure, so that it can stand anywhere. */
const margin = 16 * pixelRatio;

/** Draws a figure as a PNG on white, in the light colours. */
export async function figurePng(svg: string): Promise<Buffer> {
  useBundledFonts();
  return sharp(Buffer.from(withLightColours(svg)), { density: 72 * pixelRatio, limitInputPixels: false })
    .flatten({ background: '#ffffff' })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background: '#ffffff' })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/**
 * Whether pictures get real letters here. Without a font the renderer draws nothing or a box of the same size for every
 * letter, so the ink of narrow letters and of wide ones tells.
 */
export async function canDrawText(): Promise<boolean> {
  useBundledFonts();
  return (await ink('WWWWWWWW')) > 1.5 * (await ink('llllllll'));
}

async function ink(text: string): Promise<number> {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="40"><rect width="400" height="40" fill="#fff"/>` +
    `<text x="8" y="26" font-size="18" font-family="'Losscape Sans', sans-serif">${text}</text></svg>`;
  const { channels } = await sharp(Buffer.from(svg)).stats();
  return 255 - channels[0]!.mean;
}

/**
 * Machines without a screen often have no fonts. On Linux fontconfig reads this variable when it is first used; elsewhere
 * the system has fonts. A setting of the user's own is left alone.
 */
function useBundledFonts(): void {
  if (process.platform !== 'linux' || process.env.FONTCONFIG_FILE) return;
  const configuration = fileURLToPath(new URL('./fonts/fonts.conf', import.meta.url));
  if (existsSync(configuration)) process.env.FONTCONFIG_FILE = configuration;
}
