import { agentOf, AgentDocument } from '../agents/agent-document.ts';
import type { AgentContext, JsonObject } from '../agents/agent.ts';
import { readAgents } from '../agents/table.ts';
import { auditdDocument, type AuditdSettings } from '../auditd/document.ts';
import { type AuditEvent, Reassembler } from '../auditd/reassemble.ts';
import { parseRecord } from '../auditd/record.ts';
import type { AuditRoom } from '../auditd/room.ts';
import { DocumentError, readBody } from '../body.ts';
import { uuidV5 } from '../k8s-audit/uuid-v5.ts';
import { Assembler, type LostLine, type WholeLine } from '../lines/assemble.ts';
import type { Room } from '../lines/room.ts';
import type { RawLine } from '../lines/split.ts';
import { unwrapLine } from '../lines/unwrap.ts';
import { isObject } from '../normalise/members.ts';
import { senderUuid } from '../normalise/uuid.ts';
import { VerbatimDocument } from '../verbatim.ts';
import type { FileId } from './mark.ts';
import type { FileFormat, FileInputSettings } from './settings.ts';

/** What the lines of a file are read with, as the configuration has it now. */
export interface LineContext extends Omit<AgentContext, 'nowMs'> {
  readonly auditd: AuditdSettings;
}

/** Objects of audit events are nested deep. */
const DEPTH_MAX = 128;

/** The agents whose documents a format takes. */
const AGENTS: Readonly<Record<Exclude<FileFormat, 'auto'>, string>> = {
  falco: 'falco',
  k8sAudit: 'k8s_audit',
  tetragon: 'tetragon',
  tracee: 'tracee',
  auditd: 'auditd',
};

/** Makes documents of the lines of one file. */
export class FileLines {
  readonly #source: FileId;
  readonly #settings: FileInputSettings;
  readonly #context: () => LineContext;
  readonly #assembler: Assembler;
  readonly #reassembler: Reassembler;

  /**
   * `source`: the file that the lines were written to first. `rooms`: where what has no end yet waits,
   * that of other files, too.
   */
  constructor(
    source: FileId,
    settings: FileInputSettings,
    context: () => LineContext,
    rooms: { readonly parts: Room; readonly events: AuditRoom },
  ) {
    this.#source = source;
    this.#settings = settings;
    this.#context = context;
    this.#assembler = new Assembler({ charsMax: settings.lineBytesMax, room: rooms.parts });
    this.#reassembler = new Reassembler(rooms.events);
  }

  /**
   * Documents for admission, and `DocumentError`s for what is none, of the lines that are whole now.
   */
  add({ bytes, startsAt }: RawLine, nowMs: number): readonly unknown[] {
    if (bytes.length > this.#settings.lineBytesMax) return [TOO_LONG];
    const line = this.#assembler.add(unwrapLine(bytes.toString(), nowMs), startsAt, nowMs);
    return line === undefined ? [] : this.#read(line, nowMs);
  }

  /** Of lines that will not be continued any more; without a time, of all that are not ended. */
  giveUp(nowMs: number, isEnd: boolean): readonly unknown[] {
    const lines = isEnd ? this.#assembler.giveUp() : this.#assembler.giveUp(nowMs);
    const documents = lines.flatMap((line) => this.#read(line, nowMs));
    const events = this.#reassembler.giveUp(nowMs, isEnd);
    return [...documents, ...this.#alertsOf(events)];
  }

  /** Where the oldest line begins that is not read yet; undefined: none waits. */
  oldestStart(): number | undefined {
    const starts = [this.#assembler.oldestStart(), this.#reassembler.oldestStart()];
    const begun = starts.filter((start) => start !== undefined);
    return begun.length === 0 ? undefined : Math.min(...begun);
  }

  /** Leaves its room to other files: what waits here is read again, if the file ever is. */
  forget(): void {
    this.#assembler.giveUp();
    this.#reassembler.giveUp(0, true);
  }

  #read(line: WholeLine | LostLine, nowMs: number): readonly unknown[] {
    if (line === 'too_long') return [TOO_LONG];
    if (line === 'no_room') return [NO_ROOM];
    if (line.text.trim() === '') return [];
    const events = this.#auditdEvents(line, nowMs);
    if (events !== undefined) return this.#alertsOf(events);
    const context = { ...this.#context(), nowMs: line.writtenAtMs ?? nowMs };
    const documents = this.#documentsIn(line.text, context);
    return documents.map((document, at) => this.#named(document, line, at));
  }

  /** The events that are whole with this line. Undefined: it is none of auditd's. */
  #auditdEvents(line: WholeLine, nowMs: number): readonly AuditEvent[] | undefined {
    const { format, hostname = '' } = this.#settings;
    if (format !== 'auto' && format !== 'auditd') return undefined;
    const record = parseRecord(line.text);
    if (record === undefined) return undefined;
    const host = line.hostname === '' ? hostname : line.hostname;
    return this.#reassembler.add(record, host, line.startsAt, nowMs);
  }

  #alertsOf(events: readonly AuditEvent[]): readonly unknown[] {
    if (events.length === 0) return [];
    const { auditd } = this.#context();
    return events.map((event) => auditdDocument(event, auditd));
  }

  #documentsIn(text: string, context: AgentContext): readonly unknown[] {
    const limits = {
      depthMax: DEPTH_MAX,
      alertsMax: context.alertsMax,
      bytesMaxSingle: Number.POSITIVE_INFINITY,
    };
    const body = readBody(Buffer.from(text), 'text/plain', limits);
    const read = 'status' in body ? body : readAgents(body.documents, context);
    if ('status' in read) return [errorOf(read.code, read.message)];
    const { format } = this.#settings;
    if (format === 'auto') return read;
    const wanted = AGENTS[format];
    const isWanted = (one: unknown): boolean =>
      one instanceof DocumentError || agentOf(one) === wanted;
    return read.map((one) => (isWanted(one) ? one : wrongFormat(format)));
  }

  /**
   * With what its line knows of it, and a uuid that is the same when the line is read again. Other
   * content at the same place, as in a file that was emptied, is another alert.
   */
  #named(document: unknown, line: WholeLine, at: number): unknown {
    if (document instanceof DocumentError) return document;
    const own = objectIn(document);
    if (own === undefined) return document;
    const notes = document instanceof AgentDocument ? document.notes : [];
    const { dev, ino } = this.#source;
    const isNamed = senderUuid(own['uuid']) !== undefined;
    const uuid = isNamed ? own['uuid'] : uuidV5(['file', dev, ino, line.startsAt, at, line.text]);
    return new AgentDocument(agentOf(document), { ...this.#completed(own, line), uuid }, notes);
  }

  #completed(own: JsonObject, { hostname: host, writtenAtMs }: WholeLine): JsonObject {
    const { hostname = '', time } = own;
    const wanted = host === '' ? this.#settings.hostname : host;
    return {
      ...own,
      ...(hostname === '' && wanted !== undefined && { hostname: wanted }),
      ...(time === undefined &&
        writtenAtMs !== undefined && { time: new Date(writtenAtMs).toISOString() }),
    };
  }
}

const TOO_LONG = new DocumentError(
  'line_too_long',
  'A line is longer than lineBytesMax of its input.',
);

const NO_ROOM = new DocumentError(
  'line_no_room',
  'A line that a container runtime has cut had no room to wait for its end: too many others wait.',
);

function wrongFormat(format: FileFormat): DocumentError {
  return new DocumentError('wrong_format', `The input takes the format ${format} only.`);
}

const CODES: ReadonlySet<string> = new Set(['invalid_json', 'too_deep', 'body_too_large']);

function errorOf(code: string, message: string): DocumentError {
  return new DocumentError(
    CODES.has(code) ? (code as DocumentError['code']) : 'not_an_alert',
    message,
  );
}

function objectIn(document: unknown): JsonObject | undefined {
  if (document instanceof AgentDocument) return document.document;
  const value = document instanceof VerbatimDocument ? document.parsed() : document;
  return isObject(value) ? value : undefined;
}
