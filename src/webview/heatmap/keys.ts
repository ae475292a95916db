/** What the keyboard does on the maps. */
export interface MapKeys {
  /** Moves the cursor by pixels. */
  move(columns: number, rows: number): void;
  epoch(by: -1 | 1): void;
  /** Null: the whole image. */
  zoom(factor: number | null): void;
  play(): void;
  /** Takes the rectangle away. */
  forget(): void;
}

const arrows: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Listens to the keyboard while the maps have the focus: arrows (with Shift by ten), brackets, plus, minus, 0, Space, Escape. */
export function listenToKeys(root: HTMLElement, keys: MapKeys): void {
  const others: Readonly<Record<string, () => void>> = {
    '[': () => keys.epoch(-1),
    ']': () => keys.epoch(1),
    '+': () => keys.zoom(2),
    '=': () => keys.zoom(2),
    '-': () => keys.zoom(0.5),
    '0': () => keys.zoom(null),
    ' ': () => keys.play(),
    Escape: () => keys.forget(),
  };
  root.addEventListener('keydown', (event) => {
    if (event.target !== root || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = arrows[event.key];
    const far = event.shiftKey ? 10 : 1;
    const act = arrow ? () => keys.move(arrow[0] * far, arrow[1] * far) : others[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
