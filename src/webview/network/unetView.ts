import { element, replaceChildren, svgElement } from '../kit/dom';
import { counted } from '../kit/format';
import type { LayerDescription } from '../protocol/network';
import { type Block, layerWords, type Link, type UnetLayout, unetLayout } from './layout';
import type { MapSize } from './sizes';

/** What the drawing of the network shows. */
export interface ShownNetwork {
  readonly layers: readonly LayerDescription[];
  readonly chosen: string | null;
  readonly sizes: ReadonlyMap<string, MapSize>;
  /** Number of dead filters of each layer, where that has been measured. */
  readonly dead: ReadonlyMap<string, number>;
}

const key = [
  ['convolution', '3 × 3 convolution and ReLU'],
  ['up', 'transposed convolution'],
  ['output', '1 × 1 convolution to the logits'],
  ['skip', 'maps that are also read on the way up'],
  ['dead', 'part of the filters that is dead'],
] as const;

/** The network as a U of blocks; one of them is chosen, by click or with the arrow keys. */
export class UnetView {
  readonly root: HTMLElement;
  private readonly drawing = element('div', { class: 'unet-drawing' });
  private readonly about = element('p', { class: 'unet-about', 'aria-live': 'polite' });
  private shown: ShownNetwork | null = null;
  private drawn = '';

  constructor(private readonly choose: (layer: string) => void) {
    this.root = element(
      'section',
      { class: 'unet', 'aria-label': 'Layers of the network' },
      this.drawing,
      this.about,
      element(
        'p',
        { class: 'unet-key' },
        ...key.map(([kind, words]) =>
          element('span', { class: 'legend-item' }, element('span', { class: `key-patch ${kind}` }), words),
        ),
      ),
    );
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  show(shown: ShownNetwork): void {
    this.shown = shown;
    this.draw();
  }

  private draw(): void {
    const { shown } = this;
    const room = Math.min(1180, this.root.clientWidth);
    if (!shown || shown.layers.length === 0 || room <= 0) return;
    const text = JSON.stringify([room, shown.layers, shown.chosen, [...shown.sizes], [...shown.dead]]);
    if (text === this.drawn) return;
    this.drawn = text;
    const focused = this.drawing.contains(document.activeElement);
    const layout = unetLayout(shown.layers, room);
    const svg = svgElement('svg', {
      width: layout.width,
      height: layout.height,
      viewBox: `0 0 ${layout.width} ${layout.height}`,
      role: 'radiogroup',
      'aria-label': 'Layers, in the order of the forward pass. Arrow keys choose another one.',
    });
    const rects = new Map(layout.blocks.map((block) => [block.layer.name, block.rect]));
    svg.append(
      marker(),
      ...levelNames(layout),
      ...layout.links.map((link) => drawLink(link, rects)),
      ...ends(layout),
      ...layout.blocks.map((block) => this.block(block, shown)),
      ...groupSizes(layout, shown.sizes),
    );
    replaceChildren(this.drawing, svg);
    if (focused) this.drawing.querySelector<SVGElement>('[aria-checked="true"]')?.focus();
    const layer = shown.layers.find(({ name }) => name === shown.chosen);
    this.about.textContent = layer ? sentence(layer, shown) : '';
  }

  private block({ layer, rect }: Block, { chosen, sizes, dead }: ShownNetwork): SVGElement {
    const on = layer.name === chosen;
    const gone = dead.get(layer.name) ?? 0;
    const group = svgElement('g', {
      class: `block ${layer.kind === 'transposedConvolution' ? 'up' : layer.name === 'head' ? 'output' : 'convolution'}`,
      role: 'radio',
      tabindex: on ? 0 : -1,
      'aria-checked': String(on),
      'aria-label': spoken(layer, sizes.get(layer.name), gone),
      'data-layer': layer.name,
    });
    const title = svgElement('title', {});
    title.textContent = spoken(layer, sizes.get(layer.name), gone);
    group.append(
      title,
      // Larger than the block, so that small ones are easy to hit.
      svgElement('rect', {
        class: 'hit',
        x: rect.left - 5,
        y: rect.top - 16,
        width: rect.width + 10,
        height: rect.height + 20,
      }),
      // The line that skips runs behind it.
      svgElement('rect', { class: 'ground', x: rect.left, y: rect.top, width: rect.width, height: rect.height }),
      svgElement('rect', { class: 'box', x: rect.left, y: rect.top, width: rect.width, height: rect.height, rx: 2 }),
      label(rect.left + rect.width / 2, rect.top - 5, String(layer.channels), 'filters'),
    );
    if (gone > 0) {
      // A share of the block as large as the share of its filters that never fire.
      const height = Math.max(3, (rect.height * gone) / layer.channels);
      const at = { x: rect.left, y: rect.top + rect.height - height, width: rect.width, height };
      group.append(svgElement('rect', { class: 'dead-share', ...at }));
    }
    group.addEventListener('click', () => {
      this.choose(layer.name);
      group.focus();
    });
    group.addEventListener('keydown', (event) => this.key(event, layer.name));
    return group;
  }

  private key(event: KeyboardEvent, name: string): void {
    const { layers } = this.shown!;
    const at = layers.findIndex((layer) => layer.name === name);
    const to: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: layers.length - 1,
    };
    const next = layers[to[event.key] ?? NaN];
    if (to[event.key] === undefined) return;
    event.preventDefault();
    if (next) this.choose(next.name);
  }
}

/** "encoder.0.conv2: encoder, level 0, convolution 2. 32 maps of 428 × 569; 9,248 weights." */
function sentence(layer: LayerDescription, { sizes, dead }: ShownNetwork): string {
  const size = sizes.get(layer.name);
  const gone = dead.get(layer.name) ?? 0;
  const fine = layer.stride === 1 ? 'as fine as the image' : `one pixel stands for ${layer.stride} × ${layer.stride}`;
  return (
    `${layer.name} (${layerWords(layer.name)}): ${counted(layer.channels, 'feature map')}` +
    `${size ? ` of ${size[0]} × ${size[1]}` : ''}, ${fine}; ` +
    `${layer.parameters.toLocaleString('en')} weights; ${layer.relu ? 'a ReLU follows, maps are shown after it' : 'no ReLU follows, so values have either sign'}` +
    `${gone > 0 ? `; ${counted(gone, 'dead filter')}` : ''}.`
  );
}

function spoken(layer: LayerDescription, size: MapSize | undefined, dead: number): string {
  const of = size ? ` of ${size[0]} by ${size[1]}` : '';
  return `${layer.name}: ${counted(layer.channels, 'map')}${of}${dead > 0 ? `, ${dead} dead` : ''}`;
}

function label(x: number, y: number, text: string, kind: string, anchor = 'middle'): SVGElement {
  const made = svgElement('text', { x, y, class: kind, 'text-anchor': anchor });
  made.textContent = text;
  return made;
}

function levelNames({ levels, blocks }: UnetLayout): SVGElement[] {
  const left = Math.max(4, (blocks[0]?.rect.left ?? 0) - 150);
  return levels.map((y, level) =>
    label(left, y + 4, level === 0 ? 'full size' : `1/${2 ** level} size`, 'level-name', 'start'),
  );
}

/** Under each row of blocks the size that its last maps have; that of each layer is said when it is chosen. */
function groupSizes({ blocks }: UnetLayout, sizes: ReadonlyMap<string, MapSize>): SVGElement[] {
  const made: SVGElement[] = [];
  for (let from = 0; from < blocks.length;) {
    let to = from + 1;
    while (to < blocks.length && blocks[to]!.level === blocks[from]!.level) to += 1;
    const [first, last] = [blocks[from]!.rect, blocks[to - 1]!.rect];
    const size = sizes.get(blocks[to - 1]!.layer.name);
    const same = sizes.get(blocks[from]!.layer.name)?.join() === size?.join();
    const middle = (first.left + last.left + last.width) / 2;
    if (size) made.push(label(middle, first.top + first.height + 14, `${same ? '' : '… '}${size.join(' × ')}`, 'size'));
    from = to;
  }
  return made;
}

function drawLink({ kind, from, to }: Link, rects: ReadonlyMap<string, Block['rect']>): SVGElement {
  const a = rects.get(from)!;
  const b = rects.get(to)!;
  const middle = (rect: Block['rect']): number => rect.top + rect.height / 2;
  // Pooling leaves a block below the line that skips to the other side.
  const ends = {
    pool: `M${a.left + a.width + 3} ${a.top + a.height - 5} H${b.left + b.width / 2} V${b.top - 18}`,
    up: `M${a.left + a.width + 3} ${middle(a)} H${b.left + b.width / 2} V${b.top + b.height + 4}`,
    next: `M${a.left + a.width + 2} ${middle(a)} H${b.left - 3}`,
    skip: `M${a.left + a.width + 2} ${middle(a)} H${b.left - 3}`,
  }[kind];
  const path = svgElement('path', { d: ends, class: `link ${kind}`, 'marker-end': 'url(#arrow)' });
  const title = svgElement('title', {});
  title.textContent =
    kind === 'skip'
      ? `The maps of ${from} are also read by ${to}`
      : kind === 'pool'
        ? '2 × 2 max pooling'
        : kind === 'up'
          ? '2 × 2 transposed convolution'
          : 'read by the next layer';
  path.append(title);
  return path;
}

/** What goes in and what comes out. */
function ends({ blocks }: UnetLayout): SVGElement[] {
  const first = blocks[0]!.rect;
  const last = blocks.at(-1)!.rect;
  const y = first.top + first.height / 2;
  const out = last.left + last.width;
  return [
    svgElement('path', {
      d: `M${first.left - 22} ${y} H${first.left - 3}`,
      class: 'link next',
      'marker-end': 'url(#arrow)',
    }),
    label(first.left - 26, y + 4, 'image', 'end-name', 'end'),
    svgElement('path', { d: `M${out + 2} ${y} H${out + 20}`, class: 'link next', 'marker-end': 'url(#arrow)' }),
    label(out + 23, y + 4, 'logits', 'end-name', 'start'),
  ];
}

function marker(): SVGElement {
  const defs = svgElement('defs', {});
  const arrow = svgElement('marker', {
    id: 'arrow',
    viewBox: '0 0 6 6',
    refX: 5,
    refY: 3,
    markerWidth: 6,
    markerHeight: 6,
    orient: 'auto',
  });
  arrow.append(svgElement('path', { d: 'M0 0 L6 3 L0 6 z', class: 'arrow-head' }));
  defs.append(arrow);
  return defs;
}
