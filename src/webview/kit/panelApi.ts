import { type Envelope, type Handlers, MessageHandler, type MessagesOf } from '../protocol/messageHandler';

/** What the editor gives a panel's page, once. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The line to the host, and what the page remembers while it is hidden and over reloads. */
export interface PanelApi<To extends MessagesOf<To>, From extends MessagesOf<From>, State> {
  readonly host: MessageHandler<To, From>;
  /** What was remembered, if anything. */
  readonly remembered: Partial<State>;
  remember(state: State): void;
}

/** Connects a page with its host. To be called once. Failures are shown at the top of the page: nobody sees a console. */
export function connect<To extends MessagesOf<To>, From extends MessagesOf<From>, State extends object>(
  handlers: Handlers<From>,
): PanelApi<To, From, State> {
  const api = acquireVsCodeApi();
  const host = new MessageHandler<To, From>((envelope: Envelope) => api.postMessage(envelope), handlers, showFailure);
  window.addEventListener('message', (event: MessageEvent<unknown>) => host.receive(event.data));
  const state = api.getState();
  return {
    host,
    remembered: typeof state === 'object' && state !== null ? state : {},
    remember: sparing((next: State) => void api.setState(next)),
  };
}

/** A view that follows the pointer is another one in every frame. */
const leastMilliseconds = 200;

/** Lets the first call through, then the newest one of every 200 milliseconds; and the last one before the page goes. */
function sparing<Value>(call: (value: Value) => void): (value: Value) => void {
  let waiting: { readonly value: Value } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === null) return;
    const { value } = waiting;
    waiting = null;
    call(value);
    timer = setTimeout(flush, leastMilliseconds);
  };
  window.addEventListener('pagehide', flush);
  document.addEventListener('visibilitychange', flush);
  return (value) => {
    waiting = { value };
    if (timer === undefined) flush();
  };
}

/** Says at the top of the page that something went wrong. */
export function showFailure(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  let notice = document.querySelector('.failure');
  if (notice === null) {
    notice = document.createElement('p');
    notice.className = 'notice failure';
    notice.setAttribute('role', 'alert');
    document.body.prepend(notice);
  }
  notice.textContent = `Something went wrong: ${text}`;
}
