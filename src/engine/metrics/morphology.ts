/*
 * Masks are [H,W] with values 0 and 1. Every function takes time linear in the number of pixels, whatever the radius.
 */

/**
 * Dilation with a square of side 2 radius + 1: 1 where the square around a pixel holds a 1.
 *
 * @param outside whether the plane around the image counts as 1.
 */
export function dilateSquare(
  mask: Uint8Array,
  height: number,
  width: number,
  radius: number,
  outside: boolean,
): Uint8Array {
  return dilateColumns(dilateRows(mask, height, width, radius, outside), height, width, radius, outside);
}

/**
 * Erosion with a square of side 2 radius + 1: 1 where the square around a pixel holds only 1.
 *
 * @param outside whether the plane around the image counts as 1.
 */
export function erodeSquare(
  mask: Uint8Array,
  height: number,
  width: number,
  radius: number,
  outside: boolean,
): Uint8Array {
  return complement(dilateSquare(complement(mask), height, width, radius, !outside));
}

/** The pixels of a mask that have a horizontal or vertical neighbour outside of it; beyond the image is outside. */
export function edge(mask: Uint8Array, height: number, width: number): Uint8Array {
  const result = new Uint8Array(mask.length);
  for (let y = 0, i = 0; y < height; y++) {
    const inner = y > 0 && y < height - 1;
    for (let x = 0; x < width; x++, i++) {
      if (mask[i] === 0) continue;
      const surrounded =
        inner && x > 0 && x < width - 1 && (mask[i - 1]! & mask[i + 1]! & mask[i - width]! & mask[i + width]!) === 1;
      if (!surrounded) result[i] = 1;
    }
  }
  return result;
}

function complement(mask: Uint8Array): Uint8Array {
  const result = new Uint8Array(mask.length);
  for (let i = 0; i < mask.length; i++) result[i] = 1 - mask[i]!;
  return result;
}

function dilateRows(mask: Uint8Array, height: number, width: number, radius: number, outside: boolean): Uint8Array {
  const result = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    // How far the last 1 reaches: once towards the right, once towards the left.
    let reach = outside ? radius - 1 : -1;
    for (let x = 0; x < width; x++) {
      if (mask[row + x] === 1) reach = x + radius;
      if (x <= reach) result[row + x] = 1;
    }
    reach = outside ? width - radius : width;
    for (let x = width - 1; x >= 0; x--) {
      if (mask[row + x] === 1) reach = x - radius;
      if (x >= reach) result[row + x] = 1;
    }
  }
  return result;
}

function dilateColumns(mask: Uint8Array, height: number, width: number, radius: number, outside: boolean): Uint8Array {
  const result = new Uint8Array(mask.length);
  // As in a row, for all columns at once, so that memory is read in order.
  const reach = new Int32Array(width).fill(outside ? radius - 1 : -1);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (mask[i] === 1) reach[x] = y + radius;
      if (y <= reach[x]!) result[i] = 1;
    }
  }
  reach.fill(outside ? height - radius : height);
  for (let y = height - 1, i = mask.length - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--, i--) {
      if (mask[i] === 1) reach[x] = y - radius;
      if (y >= reach[x]!) result[i] = 1;
    }
  }
  return result;
}
