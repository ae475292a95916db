/** One figure of a report. */
export interface Figure {
  /** Name of its PNG without the ending, and its anchor on the page. */
  readonly name: string;
  readonly title: string;
  /** What it shows, as HTML: what is on the axes, in which unit, over how many images, what a band means. */
  readonly caption: string;
  /** Drawn for both a light and a dark page; its colours are CSS variables. */
  readonly svg: string;
}

/** Text as it may stand in HTML or SVG, between tags or in a quoted attribute. */
export function escapeXml(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign]!,
  );
}
