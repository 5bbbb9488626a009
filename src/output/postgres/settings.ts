import { Type } from 'typebox';
import type { Address } from '../address.ts';
import { addressOf, checkAddress } from '../address.ts';
import type { Mistake } from '../check.ts';
import { secret, text } from '../settings.ts';

/** Settings that outputs to PostgreSQL, and what speaks its protocol, have in common. */

export const postgresSettings = {
  address: text('The server, `host` or `host:port`. Without a port: 5432.'),
  encryption: Type.Enum(['tls', 'prefer', 'none'], {
    description:
      'tls: never without. prefer: where the server offers it, so that whoever is on the way can switch it off. none: password and alerts can be read on the way.',
    default: 'tls',
  }),
  username: text('The role.'),
  password: Type.Optional(secret({ description: 'Its password.', minLength: 1 })),
  database: text('The database.'),
};

/** What is needed to log in. */
export interface PostgresLogin {
  readonly address: string;
  readonly encryption: 'tls' | 'prefer' | 'none';
  readonly username: string;
  readonly password?: string;
  readonly database: string;
}

const USUAL_PORT = 5432;

/** PostgreSQL cuts longer names (`NAMEDATALEN`), so that another might be meant. */
export const NAME_PATTERN = '^[^"\\x00.]{1,63}$';
export const TABLE_PATTERN = '^[^"\\x00.]{1,63}(\\.[^"\\x00.]{1,63})?$';

/** What the schema cannot say. Quotes no value. */
export function postgresMistakes({ address }: Pick<PostgresLogin, 'address'>): Mistake[] {
  return checkAddress('address', address, USUAL_PORT);
}

/** Checked when the configuration was loaded. */
export function targetOf({ address }: Pick<PostgresLogin, 'address'>): Address {
  return addressOf(address, USUAL_PORT) as Address;
}
