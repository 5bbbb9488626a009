import { namesIn } from '../../src/output/sidekick.ts';

/** Falcosidekick's `kafka.*`: the same records, without a key, as consumers know them. */
export const sidekick = {
  settings: {
    brokers: { key: 'kafka.hostport', convert: brokers },
    topic: 'kafka.topic',
    plaintext: { key: 'kafka.tls', convert: () => false, whenEmpty: true },
    compression: { key: 'kafka.compression', convert: lowerCase },
    acks: { key: 'kafka.requiredacks', convert: acks },
    createTopic: 'kafka.topiccreation',
    clientId: 'kafka.clientid',
  },
  combined: [{ keys: ['kafka.sasl', 'kafka.username', 'kafka.password'], settings: sasl }],
  ignored: ['kafka.balancer', 'kafka.async'],
  always: { key: '' },
  remarks: {
    'kafka.requiredacks': acksRemark,
    'kafka.balancer': balancerRemark,
    'kafka.async': asyncRemark,
  },
};

/** Its client takes 9092 where no port is given. */
function brokers(hostPorts: unknown): string[] {
  return namesIn(hostPorts).map((text) => (/:\d+$/.test(text) ? text : `${text}:9092`));
}

/** Without a mechanism the rest does not count. What is not known stays as it is, to be refused. */
function sasl(value: unknown, username: unknown, password: unknown): Record<string, unknown> {
  if (value === '') return {};
  const name = lowerCase(value);
  const mechanism = MECHANISMS[name.replaceAll(/[-_]/g, '')] ?? name;
  const given = Object.entries({ mechanism, username, password }).filter(([, text]) => text !== '');
  return { sasl: Object.fromEntries(given) };
}

const MECHANISMS: Readonly<Record<string, string>> = {
  scramsha256: 'scram-sha-256',
  scramsha512: 'scram-sha-512',
};

function acks(value: unknown): string {
  const name = lowerCase(value);
  return { none: 'all', one: 'leader' }[name] ?? name;
}

function acksRemark(value: unknown): string | undefined {
  if (lowerCase(value) !== 'none') return undefined;
  return 'means ALL here: without an acknowledgement nobody knows whether an alert arrived';
}

/** Without a key, its `crc32` and `murmur2` put every record into one and the same partition. */
function balancerRemark(value: unknown): string | undefined {
  if (!['crc32', 'murmur2'].includes(lowerCase(value))) return undefined;
  return 'has no effect: records are spread over all partitions, and were all in one before';
}

function asyncRemark(value: unknown): string | undefined {
  return value === true ? 'has no effect: no other output ever waits for this one' : undefined;
}

function lowerCase(value: unknown): string {
  return String(value).toLowerCase();
}
