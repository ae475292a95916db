import {
  type ColourMapName,
  colourTable,
  defaultColourMap,
  type QuantityName,
  quantities,
} from '../../engine/insight/maps';

/** The perceptually even scales that are offered, from low to high. */
export const colourNames: readonly ColourMapName[] = ['viridis', 'cividis', 'grey'];

/** The scale of a quantity: the chosen one, or one to either side of 0. */
export function colourMapOf(name: QuantityName, chosen: string): ColourMapName {
  if (quantities[name].scale === 'diverging') return defaultColourMap.diverging;
  return colourNames.find((one) => one === chosen) ?? defaultColourMap.sequential;
}

/** The colours of a scale from low to high, [n,3]. */
export function barColours(name: ColourMapName): Uint8Array {
  return new Uint8Array(colourTable(name, 64));
}
