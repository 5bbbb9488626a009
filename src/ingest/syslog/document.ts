import { isAtLeast, type Priority, priorityTitle } from '../../alert.ts';
import type { AgentContext } from '../agents/agent.ts';
import { AgentDocument } from '../agents/agent-document.ts';
import { contentOf, withDefaults } from '../agents/envelope.ts';
import { prefixed, said } from '../agents/members.ts';
import { readContent } from '../agents/table.ts';
import { DocumentError } from '../body.ts';
import { readMessage, type SyslogMessage } from './message.ts';
import { readSiemLine } from './siem-line.ts';

/** With what a message is read. */
export interface SyslogContext extends AgentContext {
  readonly utcOffset: string;
  /** What is less severe and no alert of any format is no alert. */
  readonly minimumPriority: Priority;
}

/**
 * The alerts in a message, or `DocumentError`s: those of a document in any format that is known, of a
 * line of CEF, LEEF or Falco, else the message itself.
 */
export function readSyslog(raw: string, context: SyslogContext): readonly unknown[] {
  const message = readMessage(raw, context);
  const { time, hostname, text } = message;
  const line = readSiemLine(text);
  const alerts =
    line === undefined
      ? readContent(contentOf(text), context)
      : [new AgentDocument(line.agent, line.document)];
  if (alerts === 'too_many') return [TOO_MANY];
  if (alerts !== 'unknown') return alerts.map((alert) => withDefaults(alert, { time, hostname }));
  const { priority = 'notice' } = message;
  return [isAtLeast(priority, context.minimumPriority) ? documentOf(message, priority) : TOO_LOW];
}

const TOO_MANY = new DocumentError('body_too_large', 'The message holds too many alerts.');
const TOO_LOW = new DocumentError(
  'below_minimum',
  'The message is no alert, and less severe than ingest.syslog.minimumPriority.',
);

const AGENT = 'syslog';

function documentOf(message: SyslogMessage, priority: Priority): AgentDocument {
  const { app, process, messageId, time, hostname, data, text } = message;
  return new AgentDocument(AGENT, {
    rule: app === undefined || app === '' ? AGENT : `${AGENT}:${app}`,
    priority: priorityTitle(priority),
    source: AGENT,
    time,
    hostname,
    output: text,
    output_fields: said({
      ...prefixed('sd', data),
      'syslog.app': app,
      'syslog.process': process,
      'syslog.message_id': messageId,
    }),
  });
}
