import { svgElement } from './dom';
import { type Look, lookColour, lookDash, lookMarker, type Theme } from './theme';

/** A short piece of a line as it looks in the charts. */
export function swatch(theme: Theme, look: Look, point = false): SVGElement {
  const svg = svgElement('svg', {
    class: 'swatch',
    width: 24,
    height: 10,
    viewBox: '0 0 24 10',
    'aria-hidden': 'true',
  });
  const stroke = lookColour(theme, look);
  const dash = lookDash(theme, look);
  if (!point) {
    svg.append(
      svgElement('line', {
        x1: 0,
        y1: 5,
        x2: 24,
        y2: 5,
        stroke,
        'stroke-width': look.thin ? 1.4 : 2.6,
        ...(dash === 'solid' ? {} : { 'stroke-dasharray': dash.join(' ') }),
      }),
    );
  }
  const marker = point ? (lookMarker(theme, look) ?? 'circle') : lookMarker(theme, look);
  if (marker !== null) svg.append(markerShape(marker, stroke, theme.background));
  return svg;
}

function markerShape(marker: string, colour: string, background: string): SVGElement {
  const empty = marker.startsWith('empty');
  const paint = { fill: empty ? background : colour, stroke: colour, 'stroke-width': 1.4 };
  switch (marker.replace(/^empty/, '').toLowerCase()) {
    case 'rect':
      return svgElement('rect', { x: 8.5, y: 1.5, width: 7, height: 7, ...paint });
    case 'triangle':
      return svgElement('path', { d: 'M12 1 L16 9 L8 9 Z', ...paint });
    case 'diamond':
      return svgElement('path', { d: 'M12 0.5 L16.5 5 L12 9.5 L7.5 5 Z', ...paint });
    default:
      return svgElement('circle', { cx: 12, cy: 5, r: 3.5, ...paint });
  }
}
