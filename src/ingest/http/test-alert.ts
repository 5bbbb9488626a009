import type { Refusal } from './answer.ts';
import type { Door } from './door.ts';

const INTERVAL_MS = 10_000;

/** The alert of Falcosidekick's `/test`, word for word: people look for its text. */
export function testAlert(nowMs: number): Record<string, unknown> {
  return {
    output: 'This is a test from falcosidekick',
    priority: 'Debug',
    hostname: 'falcosidekick',
    rule: 'Test rule',
    source: 'internal',
    time: new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    output_fields: { 'proc.name': 'falcosidekick', 'user.name': 'falcosidekick' },
    tags: ['test', 'example'],
  };
}

/** One test in ten seconds: it reaches every output, so it must not be a way to flood them. */
export function testTooSoon(door: Door, nowMs: number): Refusal | undefined {
  const sinceMs = nowMs - door.lastTestAtMs;
  // A clock that was set back must not close the route for as long.
  if (sinceMs >= 0 && sinceMs < INTERVAL_MS) {
    return {
      status: 429,
      code: 'test_too_soon',
      message: 'One test alert in 10 seconds is enough.',
      headers: { 'retry-after': String(Math.ceil((INTERVAL_MS - sinceMs) / 1000)) },
    };
  }
  door.lastTestAtMs = nowMs;
  return undefined;
}
