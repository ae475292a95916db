import { describe, expect, it, vi } from 'vitest';
import { type Envelope, MessageHandler } from '../../../src/webview/protocol/messageHandler';

interface ToPanel {
  show(body: { value: number }): void;
}
interface ToHost {
  double(body: { value: number }): number;
  fail(body: null): void;
}

/** Two ends of one line; envelopes pass through JSON as they would between processes. */
function line() {
  const shown = vi.fn();
  const failed = vi.fn();
  const wire = (to: () => { receive(data: unknown): void }) => (envelope: Envelope) => {
    const text = JSON.stringify(envelope);
    queueMicrotask(() => to().receive(JSON.parse(text)));
  };
  const panel: MessageHandler<ToHost, ToPanel> = new MessageHandler<ToHost, ToPanel>(
    wire(() => host),
    { show: shown },
    failed,
  );
  const host: MessageHandler<ToPanel, ToHost> = new MessageHandler<ToPanel, ToHost>(
    wire(() => panel),
    {
      double: ({ value }) => Promise.resolve(2 * value),
      fail: () => {
        throw new Error('no such run');
      },
    },
    failed,
  );
  return { panel, host, shown, failed };
}

describe('MessageHandler', () => {
  it('answers each request by its number', async () => {
    const { panel } = line();
    const answers = await Promise.all([panel.request('double', { value: 1 }), panel.request('double', { value: 21 })]);
    expect(answers).toEqual([2, 42]);
  });

  it('hands the failure of a request to who asked, and that of an event to the handler of errors', async () => {
    const { panel, failed } = line();
    await expect(panel.request('fail', null)).rejects.toThrow('no such run');
    expect(failed).not.toHaveBeenCalled();
    panel.send('fail', null);
    await vi.waitFor(() =>
      expect(failed).toHaveBeenCalledWith(expect.objectContaining({ message: 'no such run' }), 'fail'),
    );
  });

  it('delivers events', async () => {
    const { host, shown } = line();
    host.send('show', { value: 7 });
    await vi.waitFor(() => expect(shown).toHaveBeenCalledWith({ value: 7 }));
  });

  it('leaves messages alone that are none of its own', () => {
    const { host, failed } = line();
    for (const foreign of [
      null,
      'text',
      4,
      {},
      { message: 'toString' },
      { message: 'unknown', body: 1 },
      { answers: 99, body: 1 },
    ]) {
      host.receive(foreign);
    }
    expect(failed).not.toHaveBeenCalled();
  });

  it('gives up on open requests when it is disposed', async () => {
    const silent = new MessageHandler<ToHost, ToPanel>(
      () => undefined,
      { show: () => undefined },
      () => undefined,
    );
    const asked = silent.request('double', { value: 1 });
    silent.dispose();
    await expect(asked).rejects.toThrow('closed');
  });
});
