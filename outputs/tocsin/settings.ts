import type { Static } from 'typebox';
import { Type } from 'typebox';
import { secret } from '../../src/output/settings.ts';

/** The hub resolves the path, and opens the output anew when the file changes. */
const file = { minLength: 1, 'x-file': true } as const;

export const schema = Type.Object(
  {
    address: Type.String({
      description: 'The gRPC door of the other hub, `host:port`.',
      minLength: 1,
    }),
    token: Type.Optional(
      secret({
        description: "A token of the other hub's `ingest.grpc.auth.tokens`.",
        minLength: 1,
      }),
    ),
    plaintext: Type.Boolean({
      description: 'Speak without TLS: token and alerts can be read on the way.',
      default: false,
    }),
    caFile: Type.Optional(
      Type.String({
        ...file,
        description: "Certificate authority of the other hub, PEM, beside the system's.",
      }),
    ),
    certFile: Type.Optional(
      Type.String({ ...file, description: 'Client certificate chain, PEM.' }),
    ),
    keyFile: Type.Optional(Type.String({ ...file, description: 'Its key, PEM.' })),
    serverName: Type.Optional(
      Type.String({
        description: "Name the other hub's certificate must carry, if not the host of `address`.",
        minLength: 1,
      }),
    ),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type TocsinSettings = Static<typeof schema>;

interface Mistake {
  readonly path: string;
  readonly message: string;
}

/** What the schema cannot say. Quotes no value. */
export function mistakesIn(settings: TocsinSettings): Mistake[] {
  const mistakes: Mistake[] = [];
  if (!isHostPort(settings.address)) {
    mistakes.push({ path: 'address', message: 'is not host:port, as in hub.example.org:2803' });
  }
  // gRPC refuses other characters in metadata, and quotes them when it does.
  if (settings.token !== undefined && !/^[\x21-\x7e]+$/.test(settings.token)) {
    mistakes.push({ path: 'token', message: 'has a blank, a line break or a letter beyond ASCII' });
  }
  if ((settings.certFile === undefined) !== (settings.keyFile === undefined)) {
    mistakes.push({ path: 'certFile', message: 'certFile and keyFile go together' });
  }
  return [...mistakes, ...mistakesInPlaintext(settings)];
}

const TLS_SETTINGS = ['caFile', 'certFile', 'keyFile', 'serverName'] as const;

function mistakesInPlaintext(settings: TocsinSettings): Mistake[] {
  if (!settings.plaintext) return [];
  return TLS_SETTINGS.filter((name) => settings[name] !== undefined).map((path) => ({
    path,
    message: 'has no meaning with plaintext: remove one of them',
  }));
}

function isHostPort(address: string): boolean {
  const [, port] = /^(?:\[[\da-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(address) ?? [];
  return Number(port) >= 1 && Number(port) <= 65_535;
}
