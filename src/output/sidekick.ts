import { PRIORITIES, type Priority } from '../alert.ts';

/**
 * A user and a password from two keys of Falcosidekick's, which wants both and does without where one
 * is missing: an entry of `combined`.
 */
export function basicAuthFrom(userKey: string, passwordKey: string) {
  return {
    keys: [userKey, passwordKey],
    settings: (username: unknown, password: unknown): Record<string, unknown> =>
      username === '' || password === '' ? {} : { username, password },
  };
}

/** A priority by its name in any case; `info` is Falcosidekick's short form of one. */
export function priorityNamed(name: string): Priority | undefined {
  const lower = name.toLowerCase();
  return lower === 'info' ? 'informational' : PRIORITIES.find((priority) => priority === lower);
}

/** A priority; what is none becomes `otherwise`: an entry of `settings`. */
export function priorityFrom(key: string, otherwise: Priority) {
  return { key, convert: (name: unknown) => priorityNamed(String(name).trim()) ?? otherwise };
}

/**
 * Priorities by the number that they begin above, `10000:critical, 1000:critical`: an entry of
 * `settings`. Falcosidekick's own default has a colon for each comma, of which it understands nothing
 * but the first number; what is meant is read here. A name that is no priority stays, to be refused.
 */
export function thresholdsFrom(key: string) {
  return {
    key,
    convert: (text: unknown) =>
      [...String(text).matchAll(/(\d+)\s*:\s*([a-z]+)/gi)].map(([, above, name = '']) => ({
        above: Number(above),
        priority: priorityNamed(name) ?? name,
      })),
  };
}

/** A map with its names in lower case. */
export function lowerCaseNames(map: unknown): Record<string, unknown> {
  const entries = Object.entries(map as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

/** What Falcosidekick writes under an alert where nobody says otherwise. */
export const FOOTER = 'https://github.com/falcosecurity/falcosidekick';

/** Names between commas. */
export function namesIn(text: unknown): string[] {
  return String(text)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Names of the fields that `customfields` and `templatedfields` add to every alert. */
export function addedFields(custom: unknown, templated: unknown): string[] {
  return [custom, templated].flatMap((fields) => Object.keys(fields as object));
}

/** The picture that Falcosidekick shows where none is configured: an entry of `settings`. */
export function iconFrom(key: string) {
  return { key, whenEmpty: `${IMAGES}/falcosidekick.png` };
}

const IMAGES = 'https://raw.githubusercontent.com/falcosecurity/falcosidekick/master/imgs';

/** An `outputformat` whose `text` is the text of the template alone: an entry of `settings`. */
export function formatFrom(key: string) {
  return { key, convert: (value: unknown) => (value === 'text' ? 'template' : value) };
}

/**
 * Falcosidekick's keys for all outputs to AWS. It never reads the key pair, whatever it is set to, but
 * takes what its pod or machine is given: so that goes first. It assumes no role either.
 */
export const awsFrom = {
  combined: [
    {
      keys: ['aws.accesskeyid', 'aws.secretaccesskey', 'aws.region'],
      settings: (id: unknown, secret: unknown, region: unknown): Record<string, unknown> => ({
        ...(id !== '' && secret !== '' && { accessKeyId: id, secretAccessKey: secret }),
        ...(region !== '' && { region }),
        preferEnvironment: true,
      }),
    },
  ],
  remarks: {
    'aws.accesskeyid': (id: unknown) =>
      id === '' ? undefined : 'counts only where the pod or machine is given no credentials',
    'aws.rolearn': notAssumed,
    'aws.externalid': notAssumed,
  },
};

function notAssumed(value: unknown): string | undefined {
  if (value === '') return undefined;
  return "is not used, as in Falcosidekick: roleArn in the hub's own form assumes a role";
}

/** `tls` from the keys of an output that has its own: checkcert, mutualtls and files of CA, certificate and key. */
export function ownTls(
  checkCert: unknown,
  mutual: unknown,
  ...files: readonly unknown[]
): Readonly<Record<string, unknown>> {
  const [caFile, certFile, keyFile] = files;
  const own = mutual === true ? { certFile, keyFile } : {};
  const given = Object.entries({ caFile, ...own }).filter(([, file]) => file !== '');
  const verify = checkCert === false ? { verify: false } : {};
  const settings = { ...Object.fromEntries(given), ...verify };
  return Object.keys(settings).length === 0 ? {} : { tls: settings };
}

/** `host:port` from two keys; the port may be empty, and the host an address of IPv6. */
export function hostPort(host: unknown, port: unknown): string {
  const name = String(host);
  const bare = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  return port === '' ? bare : `${bare}:${String(port)}`;
}
