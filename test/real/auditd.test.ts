import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { AudispDoor } from '../../src/ingest/audisp/door.ts';
import { AuditRoom } from '../../src/ingest/auditd/room.ts';
import type { NewAlert } from '../../src/queue/queue.ts';
import { startService } from '../services/service.ts';
import { makeAuthority } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { FILE_SETTINGS, followFiles } from '../support/followed-files.ts';
import { memoryAdmission } from '../support/memory-admission.ts';

/** What a real kernel, auditd, audisp-remote and stunnel say, against what ausearch makes of it. */

const TIMEOUT = { timeout: 600_000 };
/** Not only plain letters, so that the kernel writes it in hexadecimal. */
const FILE_NAME = 'a "b" = \u00fc';
const WORDS = ['one', 'two three', '', 'x=\u0001'];

interface Said {
  readonly rule: string;
  readonly hostname: string;
  readonly output_fields: Readonly<Record<string, unknown>>;
}

function said({ json }: NewAlert): Said {
  return JSON.parse(json) as Said;
}

async function openDoor(t: TestContext, clientNames?: readonly string[]) {
  const { admitter, metrics, stored } = memoryAdmission();
  const authority = makeAuthority();
  const { certFile, keyFile } = authority.issueLocalhost();
  const ca = { clientCaFile: authority.certFile, clientAuth: 'require' as const };
  const node = authority.issue({ name: 'node-7' });
  const ignore = (): void => undefined;
  const settings = { address: '127.0.0.1:0', connectionsMax: 10, connectionsPerSenderMax: 2 };
  const door = await AudispDoor.open(
    { ...settings, ...(clientNames && { tls: { certFile, keyFile, ...ca, clientNames } }) },
    {
      admission: admitter,
      isFull: () => Promise.resolve(false),
      auditd: () => ({ priorities: {} }),
      auditRoom: new AuditRoom(),
      metrics,
      log: { info: ignore, warn: ignore, error: ignore },
    },
  );
  t.after(() => door.close());
  const tls = {
    AUDITD_TLS_CERT: node.certFile,
    AUDITD_TLS_KEY: node.keyFile,
    AUDITD_TLS_CA: authority.certFile,
  };
  const env = { AUDITD_REMOTE_PORT: String(door.address.port), ...(clientNames && tls) };
  return { env, stored };
}

/** Only root may ask the kernel, which has one audit for the whole machine, or none. */
function whyNoAudit(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  try {
    const status = execFileSync('auditctl', ['-s'], { encoding: 'utf8', stdio: 'pipe' });
    return /^pid 0$/m.test(status) ? undefined : "another auditd has the kernel's audit";
  } catch (error) {
    // Where it is not installed, starting the service says so.
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isMissing ? undefined : 'this kernel has no audit, or gives it to nobody here';
  }
}

function assertRun(alerts: readonly Said[], program: string): void {
  // That the rule was made is none of what it finds.
  const run = alerts.find(isOf('tocsin_run'));
  const fields = run?.output_fields ?? {};
  assert.equal(fields['proc.cmdline'], [program, ...WORDS].join(' '));
  assert.equal(fields['proc.exepath'], program);
  assert.equal(fields['proc.name'], 'program');
  assert.deepEqual([fields['evt.type'], fields['evt.res']], ['execve', 'SUCCESS']);
  assert.deepEqual([fields['user.uid'], fields['user.name']], [0, 'root']);
  assert.equal(fields['user.loginuid'], -1);
}

function isOf(key: string): (one: Said) => boolean {
  return ({ rule }) => rule === `auditd:${key}`;
}

test("auditd's log is read as ausearch reads it", TIMEOUT, async (t) => {
  const why = whyNoAudit();
  if (why !== undefined) return t.skip(why);
  const service = await startService(t, 'auditd');
  if (service === undefined) return;
  const { AUDITD_LOG: log = '', AUDITD_WATCHED: watched = '' } = service;
  const program = service['AUDITD_WATCHED_PROGRAM']!;
  const { start, admission } = followFiles(t);
  await start({ auditd: { ...FILE_SETTINGS, paths: [log], format: 'auditd' } });
  const alerts = (): Said[] => admission().stored.map(said);
  execFileSync('cp', ['/etc/hostname', join(watched, FILE_NAME)]);
  execFileSync(program, WORDS);
  await eventually('it was run', () => alerts().some(isOf('tocsin_run')));
  assertRun(alerts(), program);
  const isWritten = ({ rule, output_fields: fields }: Said): boolean =>
    rule === 'auditd:tocsin_write' && fields['fd.name'] === join(watched, FILE_NAME);
  await eventually('it was written', () => alerts().some(isWritten));
  const listed = execFileSync('ausearch', ['-if', log, '--format', 'csv'], { encoding: 'utf8' });
  const serials = listed
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[4]!);
  assert.ok(serials.length >= 4, listed);
  const serialsOf = (): Set<unknown> =>
    new Set(alerts().map(({ output_fields: fields }) => fields['auditd.serial']));
  await eventually('every event of ausearch is there', () =>
    serials.every((serial) => serialsOf().has(serial)),
  );
  const counted = alerts().filter(({ output_fields: fields }) =>
    serials.includes(String(fields['auditd.serial'])),
  );
  assert.equal(counted.length, new Set(serials).size, 'no event is in two alerts');
});

for (const [how, clientNames] of [
  ['by TCP', undefined],
  ['by TLS through stunnel', ['node-*']],
] as const) {
  test(`audisp-remote sends ${how}`, TIMEOUT, async (t) => {
    const why = whyNoAudit();
    if (why !== undefined) return t.skip(why);
    const { env, stored } = await openDoor(t, clientNames);
    const service = await startService(t, 'auditd', env);
    if (service === undefined) return;
    const program = service['AUDITD_WATCHED_PROGRAM']!;
    const alerts = (): Said[] => stored.map(said);
    execFileSync(program, WORDS);
    await eventually('it was run', () => alerts().some(isOf('tocsin_run')));
    assertRun(alerts(), program);
    const identity = clientNames && '"identity":"cert:node-7"';
    assert.ok(stored.every(({ ingest }) => ingest.includes(identity ?? '"input":"auditd"')));
  });
}
