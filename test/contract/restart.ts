import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { numbered, type OpenedOutput } from '../support/open-output.ts';
import type { TcpServer } from '../support/tcp-server.ts';
import { verdictOf } from './attempt.ts';

/**
 * Restarts the server of an output that keeps a connection: what it could not take is told as such,
 * and it has it when it has come back.
 *
 * @param taken What the server has taken, oldest first.
 */
export async function outlivesRestart(
  { send }: Pick<OpenedOutput, 'send'>,
  server: TcpServer,
  taken: readonly string[],
): Promise<void> {
  assert.equal(verdictOf(await send(numbered(2))), 'delivered');
  await eventually('they arrive', () => taken.length === 2);
  for (let restarts = 1; restarts <= 2; restarts += 1) {
    await server.stop();
    await eventually('its connections end', () => server.open() === 0);
    const waiting = numbered(3, restarts * 10);
    assert.equal(verdictOf(await send(waiting)), 'retry/network');
    await server.start();
    assert.equal(verdictOf(await send(waiting)), 'delivered');
    await eventually('they arrive', () => taken.length === 2 + 3 * restarts);
  }
  assert.equal(new Set(taken).size, taken.length);
}
