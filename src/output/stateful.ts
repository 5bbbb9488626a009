import type { Connection, Delivery, SendResult } from './define.ts';
import { resultOfError } from './http-result.ts';

/**
 * What `open` hands back for an output that holds no connection, but knows something from one attempt
 * to the next: a token, or which series there are. A request that fails does not make it forget, as
 * the failure of a connection would.
 */
export function stateful(
  send: (deliveries: readonly Delivery[], signal: AbortSignal) => Promise<SendResult>,
): Connection {
  return {
    async send(deliveries, { signal }) {
      try {
        return await send(deliveries, signal);
      } catch (error) {
        return resultOfError(error);
      }
    },
    close: () => Promise.resolve(),
  };
}
