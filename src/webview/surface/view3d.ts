import { element } from '../kit/dom';
import type { Theme } from '../kit/theme';
import type { PaneModel } from './paneModel';
import type { Place } from './state';

/** What the bundle that draws in three dimensions puts into the page. */
export interface Surface3d {
  show(model: PaneModel, quantity: string, cursor: Place | null, theme: Theme): void;
  /** The same from where it is looked at now, drawn anew without the cursor. @param size in pixels of `dots` dots each. */
  picture(
    model: PaneModel,
    quantity: string,
    theme: Theme,
    size: { readonly width: number; readonly height: number },
    dots: number,
  ): Promise<HTMLCanvasElement>;
  resize(): void;
  dispose(): void;
}

declare global {
  interface Window {
    losscapeSurface3d?: (root: HTMLElement) => Surface3d;
  }
}

/** Where this script came from: the other bundle lies beside it. Known only while the script runs for the first time. */
const own = document.currentScript as HTMLScriptElement | null;
const address = own?.src.replace(/surface\.js/, 'surface-gl.js') ?? '';
const nonce = own?.nonce ?? '';

let loading: Promise<(root: HTMLElement) => Surface3d> | undefined;

/** Whether this page can draw with the graphics card at all. */
export function hasWebGl(): boolean {
  const canvas = element('canvas');
  return canvas.getContext('webgl2') !== null || canvas.getContext('webgl') !== null;
}

/** Loads what draws in three dimensions: half a megabyte that most looks at a surface do not need. */
export function load3d(): Promise<(root: HTMLElement) => Surface3d> {
  loading ??= new Promise((resolve, reject) => {
    const script = element('script', { src: address, nonce });
    script.addEventListener('load', () => {
      if (window.losscapeSurface3d) resolve(window.losscapeSurface3d);
      else reject(new Error('The view in three dimensions could not be started'));
    });
    script.addEventListener('error', () => {
      loading = undefined;
      reject(new Error('The view in three dimensions could not be loaded'));
    });
    document.head.append(script);
  });
  return loading;
}
