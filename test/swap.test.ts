import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/**
 * What a changed image meets in an installation of Falcosidekick, and where each is tested. Whoever
 * looks for the test of one finds it here; one that is renamed or gone fails.
 */
const SWAP: readonly (readonly [what: string, file: string, test: string])[] = [
  [
    'what the queue directory lives on is found out and told',
    'src/hub/durability.test.ts',
    'a directory that dies with the container gets a small queue',
  ],
  ['a full disk', 'test/journey/full-disk.test.ts', 'a full disk costs nothing that was promised'],
  [
    'a disk that cannot be written',
    'test/journey/full-disk.test.ts',
    'a directory that cannot be written: alerts go out, promised to nobody',
  ],
  [
    'a root that is read-only, without a volume',
    'test/image/image.test.ts',
    'without any place to write',
  ],
  [
    'SIGTERM while senders still come',
    'test/journey/stop.test.ts',
    'SIGTERM while posting behind slow answers loses nothing',
  ],
  ['the same behind a load balancer', 'test/faults/kill.ts', 'SIGTERM behind a load balancer'],
  [
    '/ping as Falcosidekick answers it',
    'src/ingest/http/probes.test.ts',
    '/ping and /healthz answer every method',
  ],
  ['/ping while a flush takes seconds', 'test/faults/slow-disk.ts', '/ping p99'],
  [
    'any user, group 0: the rights of files',
    'test/journey/swap.test.ts',
    'the queue belongs to its user and to group 0 alike',
  ],
  ['any user, group 0: the image', 'test/image/image.test.ts', 'const UID = 4242'],
  ['./falcosidekick in /app', 'test/image/container.ts', 'entrypoint'],
  [
    '-c, --config-file, -v, and options without a command',
    'src/cli/cli.test.ts',
    "is what \\`tocsin ${argv.join(' ')}\\` means",
  ],
  [
    'tlsserver, notlsport and notlspaths',
    'config/sidekick/translate.test.ts',
    'listener, TLS, fields, labels and log level are translated',
  ],
  [
    'certificates that are swapped by a link',
    'src/ingest/tls-files.test.ts',
    'looks by itself, also when the files are changed by swapping a link',
  ],
  [
    'authorities of the system, SSL_CERT_FILE and SSL_CERT_DIR',
    'src/output/tls.test.ts',
    'authorities under SSL_CERT_FILE and SSL_CERT_DIR are added',
  ],
  ["proxies, with NO_PROXY in Go's grammar", 'src/output/proxy.test.ts', 'NO_PROXY=${noProxy}'],
  [
    'listening on IPv4 and IPv6',
    'src/ingest/http/server.test.ts',
    'listens on IPv4 and IPv6 with [::], and says where',
  ],
  ['variables of Kubernetes services', 'config/load.test.ts', 'those of Kubernetes are not'],
  [
    'the same beside Falcosidekick variables',
    'config/sidekick/resolve.test.ts',
    'variables that Kubernetes sets for a Service named syslog do not count',
  ],
  [
    "the chart's variables, nearly all empty",
    'config/sidekick/translate.test.ts',
    "the chart's default variables turn nothing on and warn of nothing",
  ],
  [
    'half-set outputs',
    'config/sidekick/translate.test.ts',
    'an output with half of its keys is off, and told',
  ],
  [
    'mistaken values',
    'config/sidekick/translate.test.ts',
    'a bad value turns its output off, and the others run',
  ],
  [
    'an output that is not there',
    'config/sidekick/translate.test.ts',
    'an output this hub does not have is told',
  ],
  [
    'KAFKA_REQUIREDACKS=NONE',
    'outputs/kafka/sidekick.test.ts',
    'acks that nobody set are warned of, too',
  ],
  [
    'ALERTMANAGER_ENDPOINT=/api/v1/alerts',
    'outputs/alertmanager/sidekick.test.ts',
    'the interface that Alertmanager has no more becomes the next',
  ],
  [
    "PagerDuty's severity",
    'outputs/pagerduty/sidekick.test.ts',
    'everybody who was paged still is',
  ],
  [
    'AWS keys that are set and never read',
    'outputs/awskinesis/sidekick.test.ts',
    'what the pod is given goes first, as in Falcosidekick',
  ],
  [
    'Elasticsearch: mappings that refuse',
    'outputs/elasticsearch/refusals.test.ts',
    'what the mapping refuses is sent once more',
  ],
  ['Elasticsearch: a day that ends in an outage', 'test/real/swap.test.ts', 'there was a midnight'],
  [
    "the chart's alert on errors",
    'test/journey/swap.test.ts',
    'fires for each failed attempt, once for an alert that arrives',
  ],
  [
    '128 MiB and a tenth of a core: the start',
    'test/image/image.test.ts',
    'starts within 10 s with the chart',
  ],
  [
    '128 MiB and a tenth of a core: a burst',
    'test/image/image.test.ts',
    'takes a burst of 10,000 alerts onto a volume',
  ],
  [
    'too little memory is told',
    'src/hub/memory.test.ts',
    'a container with too little memory is told',
  ],
  [
    'a webhook to itself, hubs in a circle',
    'test/journey/ring.test.ts',
    'ends as a dead letter after 8 hops',
  ],
  ['the way back', 'test/journey/swap.test.ts', 'before the old image comes back'],
  ['no image for arm/v7', 'README.md', 'There is no arm/v7 build of the Node it needs'],
];

for (const [what, file, text] of SWAP) {
  test(`a changed image meets: ${what}`, () => {
    const content = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
    assert.ok(content.includes(text), `${file} has no "${text}"`);
  });
}
