import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pump } from '../../../src/extension/panels/pump';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('Pump', () => {
  it('hands on at most five times a second, each thing once', async () => {
    const handed: string[][] = [];
    const pump = new Pump<string>((items) => Promise.resolve(void handed.push(items)));
    for (let time = 0; time < 1000; time += 10) {
      pump.add(['a', 'b']);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(handed.length).toBeLessThanOrEqual(6);
    expect(handed.length).toBeGreaterThanOrEqual(5);
    expect(handed.every((items) => items.join() === 'a,b')).toBe(true);
  });

  it('does not begin again before the last work is done', async () => {
    let running = 0;
    let most = 0;
    const pump = new Pump<number>(async () => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      running -= 1;
    });
    pump.add([1]);
    await vi.advanceTimersByTimeAsync(300);
    pump.add([2]);
    await vi.advanceTimersByTimeAsync(3000);
    expect([most, running]).toEqual([1, 0]);
  });

  it('forgets what a snapshot is about to say', async () => {
    const work = vi.fn(() => Promise.resolve());
    const pump = new Pump<number>(work);
    pump.add([1]);
    pump.clear();
    await vi.advanceTimersByTimeAsync(1000);
    expect(work).not.toHaveBeenCalled();
  });
});
