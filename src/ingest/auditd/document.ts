import { type Priority, priorityTitle, severityOf } from '../../alert.ts';
import { AgentDocument } from '../agents/agent-document.ts';
import { said } from '../agents/members.ts';
import { uuidV5 } from '../k8s-audit/uuid-v5.ts';
import type { AuditEvent } from './reassemble.ts';
import type { AuditRecord } from './record.ts';
import { syscallName } from './syscalls.ts';

const AGENT = 'auditd';

/** The section `ingest.auditd` of the configuration. */
export interface AuditdSettings {
  /** Of what a rule of auditd has found, by its key. */
  readonly priorities: Readonly<Record<string, Priority>>;
}

/** The alert that an event of auditd is. */
export function auditdDocument(event: AuditEvent, settings: AuditdSettings): AgentDocument {
  const { records, hostname } = event;
  const first = records[0]!;
  const main = mainOf(records);
  const look = lookUpIn(records);
  const keys = isAboutRules(main) ? [] : keysOf(look);
  const [key = ''] = keys;
  const fields = fieldsOf(records, look);
  const host = first.node === '' ? hostname : first.node;
  return new AgentDocument(AGENT, {
    uuid: uuidV5([AGENT, host, first.stamp, main.type]),
    rule: `auditd:${key === '' ? main.type : key}`,
    priority: priorityTitle(priorityOf(records, keys, settings)),
    source: AGENT,
    time: new Date(first.atMs).toISOString(),
    ...(host !== '' && { hostname: host }),
    output: outputOf(main.type, fields),
    tags: [],
    output_fields: fields,
  });
}

/** The value of a field in the first record that has it, of the types that are named if any are. */
type LookUp = (name: string, ...types: readonly string[]) => string | undefined;

function lookUpIn(records: readonly AuditRecord[]): LookUp {
  return (name, ...types) => {
    const asked = types.length === 0 ? records : records.filter(({ type }) => types.includes(type));
    const found = asked.find(({ fields }) => typeof fields.get(name) === 'string');
    return found?.fields.get(name) ?? undefined;
  };
}

/** What the others only describe further. */
const DETAILS: ReadonlySet<string> = new Set(['SYSCALL', 'CWD', 'PATH', 'EXECVE', 'PROCTITLE']);

function mainOf(records: readonly AuditRecord[]): AuditRecord {
  const special = records.find((record) => priorityOfType(record) !== 'debug');
  return special ?? records.find(({ type }) => !DETAILS.has(type)) ?? records[0]!;
}

/** Its key is that of a rule that was made or taken away, and has found nothing. */
function isAboutRules({ type }: AuditRecord): boolean {
  return type === 'CONFIG_CHANGE';
}

/** A rule may have several keys, between which auditd writes a character of its own. */
function keysOf(look: LookUp): readonly string[] {
  return (look('key') ?? '').split('\u0001').filter((key) => key !== '');
}

function priorityOf(
  records: readonly AuditRecord[],
  keys: readonly string[],
  { priorities }: AuditdSettings,
): Priority {
  const byKey = keys.map((key) =>
    Object.hasOwn(priorities, key) ? (priorities[key] ?? 'notice') : 'notice',
  );
  const all: Priority[] = [...byKey, ...records.map(priorityOfType)];
  return all.reduce((one, other) => (severityOf(other) < severityOf(one) ? other : one), 'debug');
}

const BY_TYPE: Readonly<Record<string, Priority>> = {
  KERN_MODULE: 'error',
  DAEMON_END: 'error',
  DAEMON_ABORT: 'error',
  ADD_USER: 'warning',
  DEL_USER: 'warning',
  ADD_GROUP: 'warning',
  DEL_GROUP: 'warning',
  ROLE_ASSIGN: 'warning',
  USER_CMD: 'notice',
};

/** What a record is worth by itself. */
function priorityOfType({ type, fields }: AuditRecord): Priority {
  if (type.startsWith('ANOM_')) return 'critical';
  const rule = BY_FIELDS[type];
  if (rule === undefined) return BY_TYPE[type] ?? 'debug';
  const [priority, ...wanted] = rule;
  return wanted.some(([name, value]) => fields.get(name) === value) ? priority : 'debug';
}

type Wanted = readonly [name: string, value: string];

const FAILED: Wanted = ['res', 'failed'];

/** Worth something only with one of these values. */
const BY_FIELDS: Readonly<Record<string, readonly [Priority, ...Wanted[]]>> = {
  AVC: ['warning', ['decision', 'denied']],
  USER_LOGIN: ['warning', FAILED],
  USER_AUTH: ['warning', FAILED],
  CONFIG_CHANGE: ['error', ['op', 'remove_rule'], ['audit_enabled', '0'], ['enabled', '0']],
};

function fieldsOf(
  records: readonly AuditRecord[],
  look: LookUp,
): Readonly<Record<string, unknown>> {
  const keys = keysOf(look);
  return said({
    ...processFields(records, look),
    ...userFields(look),
    'fd.name': fileOf(records, look),
    'evt.type': callOf(look),
    'evt.res': resultOf(look),
    'auditd.key': keys.length > 1 ? keys : keys[0],
    'auditd.serial': records[0]!.stamp.split(':')[1],
    'auditd.types': [...new Set(records.map(({ type }) => type))],
    'auditd.op': look('op') ?? look('permissions', 'AVC'),
    'auditd.addr': look('addr'),
    'auditd.terminal': look('terminal'),
    'auditd.exit': look('exit', 'SYSCALL'),
  });
}

function processFields(records: readonly AuditRecord[], look: LookUp): object {
  return {
    'proc.name': look('comm'),
    'proc.exepath': look('exe'),
    'proc.cmdline': commandOf(records, look),
    'proc.pid': numberOf(look('pid')),
    'proc.ppid': numberOf(look('ppid')),
    'proc.cwd': look('cwd'),
    'proc.tty': look('tty'),
  };
}

function userFields(look: LookUp): object {
  const loginId = numberOf(look('auid'));
  return {
    'user.uid': numberOf(look('uid')),
    'user.name': look('acct') ?? look('UID'),
    'user.loginuid': loginId === NO_LOGIN ? -1 : loginId,
    'user.loginname': look('AUID'),
  };
}

/** What Linux has for a login that never was. */
const NO_LOGIN = 4_294_967_295;

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function commandOf(records: readonly AuditRecord[], look: LookUp): string | undefined {
  const words = records
    .filter(({ type }) => type === 'EXECVE')
    .flatMap(({ fields }) => argumentsIn(fields));
  return words.length > 0 ? words.join(' ') : (look('proctitle') ?? look('cmd'));
}

/** `a0`, `a1[0]`, `a1[1]`: pieces of one long argument are one word. */
function argumentsIn(fields: AuditRecord['fields']): string[] {
  const words: string[] = [];
  for (const [name, value] of fields) {
    const [, , piece] = /^a(\d+)(?:\[(\d+)\])?$/.exec(name) ?? [undefined, undefined, '-'];
    if (piece === '-' || value === null) continue;
    if (piece === undefined || piece === '0') words.push(value);
    else words.push(`${words.pop() ?? ''}${value}`);
  }
  return words;
}

/** The first that is not only the directory of another one. */
function fileOf(records: readonly AuditRecord[], look: LookUp): string | undefined {
  const path = records.find(
    ({ type, fields }) => type === 'PATH' && fields.get('nametype') !== 'PARENT',
  );
  return path?.fields.get('name') ?? look('name', 'AVC', 'KERN_MODULE');
}

function callOf(look: LookUp): string | undefined {
  const number = look('syscall');
  return look('SYSCALL') ?? (number && syscallName(look('arch') ?? '', number));
}

const GOOD: ReadonlySet<string> = new Set(['yes', 'success', '1']);

function resultOf(look: LookUp): string | undefined {
  const result = look('success', 'SYSCALL') ?? look('res');
  if (result === undefined) return undefined;
  return GOOD.has(result) ? 'SUCCESS' : 'FAILED';
}

const SHOWN = [
  ['user', 'user.name'],
  ['uid', 'user.uid'],
  ['loginuid', 'user.loginuid'],
  ['call', 'evt.type'],
  ['command', 'proc.cmdline'],
  ['exe', 'proc.exepath'],
  ['file', 'fd.name'],
  ['op', 'auditd.op'],
  ['addr', 'auditd.addr'],
  ['result', 'evt.res'],
] as const;

function outputOf(type: string, fields: Readonly<Record<string, unknown>>): string {
  const shown = SHOWN.filter(([, field]) => fields[field] !== undefined).map(
    ([name, field]) => `${name}=${String(fields[field])}`,
  );
  return `auditd ${type} (${shown.join(' ')})`;
}
