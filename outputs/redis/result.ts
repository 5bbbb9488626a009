import type { FailureReason, SingleResult } from '../../src/output/define.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';
import type { Reply } from '../../src/output/redis/replies.ts';

/**
 * What a reply means for the alert. Redis refuses no value for what is in it: whatever it says is
 * about the server, the key or the user, and the alerts wait.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 */
export function resultOfReply(reply: Reply, where: string): SingleResult {
  if (reply.ok) return { outcome: 'delivered' };
  const hint = HINTS[reply.code];
  const detail = excerpt(`${where}: ${hint === undefined ? '' : `${hint}: `}${reply.message}`);
  return { outcome: 'retry', reason: reasonOf(reply), detail };
}

function reasonOf({ code, message }: Extract<Reply, { ok: false }>): FailureReason {
  const known = REASONS[code];
  if (known !== undefined) return known;
  return LOGIN.test(message) ? 'auth' : 'client';
}

/** Before Redis 6 a login had no code of its own. */
const LOGIN = /^ERR (?:invalid password|Client sent AUTH|AUTH |operation not permitted)/;

const REASONS: Readonly<Record<string, FailureReason>> = {
  NOAUTH: 'auth',
  NOPERM: 'auth',
  WRONGPASS: 'auth',
  BUSY: 'server',
  CLUSTERDOWN: 'server',
  LOADING: 'server',
  MASTERDOWN: 'server',
  MISCONF: 'server',
  NOREPLICAS: 'server',
  OOM: 'server',
  READONLY: 'server',
  TRYAGAIN: 'server',
};

const HINTS: Readonly<Record<string, string>> = {
  ASK: 'a node of a cluster: name the one that has the key',
  DENIED: 'its protected mode lets nobody in from outside: set a password there',
  MOVED: 'a node of a cluster: name the one that has the key',
  READONLY: 'a replica takes nothing: name the primary',
  WRONGTYPE: 'the key holds something else already: choose another key, or another store',
};
