import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import type { HubProcess, Lifetime } from './hub-process.ts';
import type { NumberedAlert } from './numbered-alerts.ts';

/** A sender that writes down what it was promised. It does not send again, as Falco does not. */

/** Until a sender that found nobody tries its next alert. */
const NOBODY_THERE_MS = 50;

export interface Answer {
  /** 0: there was none. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Poster {
  readonly sent: Set<string>;
  /** Answered with 200, and not refused by name in the answer. */
  readonly acknowledged: Set<string>;
  /** Requests by status. */
  readonly answers: Map<number, number>;
  /** One alert as JSON, several as NDJSON, in one request. */
  post(...alerts: readonly NumberedAlert[]): Promise<Answer>;
  /** One alert a request, over all connections, until the lifetime ends. */
  postEach(alerts: Iterable<NumberedAlert>): Promise<void>;
}

export function createPoster(
  lifetime: Lifetime,
  hub: Pick<HubProcess, 'origin'>,
  { connections = 8, headers = {}, localAddress = '127.0.0.1' } = {},
): Poster {
  const pool = new Pool(hub.origin(), { connections, localAddress });
  let isOver = false;
  lifetime.after(() => {
    isOver = true;
    return pool.destroy();
  });
  const poster: Poster = {
    sent: new Set(),
    acknowledged: new Set(),
    answers: new Map(),
    async post(...alerts) {
      for (const { uuid } of alerts) poster.sent.add(uuid);
      const answer = await exchange(pool, alerts.map(({ json }) => json).join('\n'), headers);
      poster.answers.set(answer.status, (poster.answers.get(answer.status) ?? 0) + 1);
      if (answer.status !== 200) return answer;
      const refused = new Set(rejectedIn(answer.text));
      alerts.forEach(({ uuid }, i) => {
        if (!refused.has(i)) poster.acknowledged.add(uuid);
      });
      return answer;
    },
    async postEach(alerts) {
      const queue = alerts[Symbol.iterator]();
      const work = async (): Promise<void> => {
        for (let next = queue.next(); !next.done && !isOver; next = queue.next()) {
          const { status } = await poster.post(next.value);
          if (status === 0) await pause(NOBODY_THERE_MS);
        }
      };
      await Promise.all(Array.from({ length: connections }, work));
    },
  };
  return poster;
}

async function exchange(
  pool: Pool,
  body: string,
  extra: Readonly<Record<string, string>>,
): Promise<Answer> {
  try {
    const headers = { 'content-type': 'application/json', ...extra };
    const answer = await pool.request({ path: '/', method: 'POST', body, headers });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: await answer.body.text(),
    };
  } catch {
    return { status: 0, headers: {}, text: '' };
  }
}

/** Places of the alerts that a 200 refuses by name. */
function rejectedIn(text: string): number[] {
  if (text === '') return [];
  const { rejected = [] } = JSON.parse(text) as { rejected?: readonly { index: number }[] };
  return rejected.map(({ index }) => index);
}
