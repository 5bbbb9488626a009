import { Type } from 'typebox';
import { serverAt } from '../address.ts';
import { optionalSecret, text } from '../settings.ts';

/** Settings that outputs to PostgreSQL, and what speaks its protocol, have in common. */

export const postgresSettings = {
  address: text('The server, `host` or `host:port`. Without a port: 5432.'),
  encryption: Type.Enum(['tls', 'prefer', 'none'], {
    description:
      'tls: never without. prefer: where the server offers it, so that whoever is on the way can switch it off. none: password and alerts can be read on the way.',
    default: 'tls',
  }),
  username: text('The role.'),
  password: optionalSecret('Its password.'),
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

/** PostgreSQL cuts longer names (`NAMEDATALEN`), so that another might be meant. */
export const NAME_PATTERN = '^[^"\\x00.]{1,63}$';
export const TABLE_PATTERN = '^[^"\\x00.]{1,63}(\\.[^"\\x00.]{1,63})?$';

export const { mistakesIn: postgresMistakes, targetOf } = serverAt(5432);
