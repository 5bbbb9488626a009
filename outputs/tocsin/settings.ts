import type { Static } from 'typebox';
import { addressOf } from '../../src/output/address.ts';
import type { Mistake } from '../../src/output/check.ts';
import { flag, optionalSecret, settingsSchema, text } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  address: text('The gRPC door of the other hub, `host:port`.'),
  token: optionalSecret("A token of the other hub's `ingest.grpc.auth.tokens`."),
  plaintext: flag('Speak without TLS: token and alerts can be read on the way.', false),
});

/** Defaults filled in. */
export type TocsinSettings = Static<typeof schema>;

/** What the schema cannot say. Quotes no value. */
export function mistakesIn({ address, token }: TocsinSettings): Mistake[] {
  const mistakes: Mistake[] = [];
  if (addressOf(address) === undefined) {
    mistakes.push({ path: 'address', message: 'is not host:port, as in hub.example.org:2803' });
  }
  // No header can carry others.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    mistakes.push({ path: 'token', message: 'has a blank, a line break or a letter beyond ASCII' });
  }
  return mistakes;
}
