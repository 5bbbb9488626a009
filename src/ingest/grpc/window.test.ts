import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWindow } from './window.ts';

/** A sender that has endless requests of one size, and sends each when it is asked for. */
function feed(
  size: number,
  { budget = { bytes: 0 }, mayRead = () => true }: Partial<Feed> = {},
): FedWindow {
  const window = createWindow(budget, mayRead);
  let sent = 0;
  const send = (): void => {
    sent += 1;
    asked.push(() => window.add({ bytes: Buffer.alloc(size), next: send }));
  };
  const asked: (() => void)[] = [];
  return {
    window,
    sent: () => sent,
    run() {
      if (sent === 0) send();
      for (let next = asked.shift(); next !== undefined; next = asked.shift()) next();
    },
  };
}

interface Feed {
  readonly budget: { bytes: number };
  readonly mayRead: () => boolean;
}

interface FedWindow {
  readonly window: ReturnType<typeof createWindow>;
  readonly sent: () => number;
  /** Sends until the window asks for no more. */
  readonly run: () => void;
}

const MIB = 1024 * 1024;

test('reading stops at 1024 alerts, and goes on for as many as were settled', async () => {
  const { window, run, sent } = feed(10);
  run();
  assert.equal(sent(), 1024);
  window.settled((await window.take())!.map(({ length }) => length));
  run();
  assert.equal(sent(), 1024 + 256);
});

test('reading stops at 8 MiB', () => {
  const { run, sent } = feed(MIB);
  run();
  assert.equal(sent(), 8);
});

test('when all windows together are full, a stream has one alert at a time', async () => {
  const budget = { bytes: 64 * MIB };
  const { window, run, sent } = feed(10, { budget });
  run();
  assert.equal(sent(), 1);
  window.settled((await window.take())!.map(({ length }) => length));
  run();
  assert.equal(sent(), 2);
});

test('empty requests are not free', () => {
  const budget = { bytes: 0 };
  feed(0, { budget }).run();
  assert.ok(budget.bytes > 1024 * 100);
});

test('a group is at most 256 alerts or 1 MiB, in order, and never nothing', async () => {
  const many = feed(1);
  many.run();
  assert.equal((await many.window.take())?.length, 256);
  const large = feed(MIB / 2 - 1);
  large.run();
  assert.equal((await large.window.take())?.length, 2);
  const huge = feed(2 * MIB);
  huge.run();
  assert.equal((await huge.window.take())?.length, 1);
});

test('nothing is read while it is held, and its credit is 0', () => {
  const { window, run, sent } = feed(10);
  window.hold(true);
  run();
  assert.equal(sent(), 1);
  assert.equal(window.credit(), 0);
  window.hold(false);
  run();
  assert.equal(sent(), 1024);
});

test('nothing is read while the sender does not read', () => {
  let isReading = false;
  const { window, run, sent } = feed(10, { mayRead: () => isReading });
  run();
  assert.equal(sent(), 1);
  isReading = true;
  window.readOn();
  run();
  assert.equal(sent(), 1024);
});

test('a full window gives credit for what is under way and no more', () => {
  const { window, run } = feed(MIB);
  assert.equal(window.credit(), 1024);
  run();
  assert.equal(window.credit(), 8);
});

test('what is there is handed out after the end, and nothing after a stop', async () => {
  const ended = feed(10);
  ended.run();
  ended.window.end();
  let handedOut = 0;
  for (let group = await ended.window.take(); group; group = await ended.window.take()) {
    handedOut += group.length;
  }
  assert.equal(handedOut, 1024);
  const stopped = feed(10);
  stopped.run();
  stopped.window.stop();
  assert.equal(await stopped.window.take(), undefined);
});

test('whoever waits for alerts is told of the end', async () => {
  const { window } = feed(10);
  const taken = window.take();
  window.end();
  assert.equal(await taken, undefined);
});

test('a stream that ends gives back all it held, also what was taken', async () => {
  const budget = { bytes: 0 };
  const { window, run } = feed(1000, { budget });
  run();
  await window.take();
  window.stop();
  window.dispose();
  assert.equal(budget.bytes, 0);
});
