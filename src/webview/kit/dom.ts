/** What an element can be made with: properties of the element, `class`, `aria-…` and `data-…` attributes, listeners. */
export interface Properties {
  readonly class?: string;
  readonly [name: string]: unknown;
}

export type Child = Node | string | null | undefined | false;

/** Makes an element. Text is always set as text, and styles never as attributes, so that a strict policy lets it pass. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (name === 'class') made.className = value as string;
    else if (name.startsWith('on') && typeof value === 'function') {
      made.addEventListener(name.slice(2).toLowerCase(), value as EventListener);
    } else if (/^(aria-|data-|role$|for$|scope$)/.test(name))
      made.setAttribute(name, `${value as string | number | boolean}`);
    else Object.assign(made, { [name]: value });
  }
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

/** Makes an SVG element with attributes. */
export function svgElement(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/** Puts new children in place of the old ones. */
export function replaceChildren(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
}

/** Calls a function once in the next frame, however often it is asked for. */
export function oncePerFrame(work: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}
