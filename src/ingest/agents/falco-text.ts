import { DocumentError } from '../body.ts';
import type { Agent, AgentContext } from './agent.ts';
import { AgentDocument } from './agent-document.ts';
import { readFalcoLine, unescapeFalcoLine } from './falco-line.ts';

const AGENT = 'falco';

/**
 * What a script sends that was written for Slack: `jq '{text: .output}' | curl`. Anything else that
 * Slack takes is no alert.
 */
export const slackText: Agent = {
  agent: AGENT,
  recognises: ({ text, rule, priority }) =>
    typeof text === 'string' && rule === undefined && priority === undefined,
  read: ({ text }, { nowMs }) => [alertOf(text as string, nowMs)],
};

/** A line as Falco writes it to its standard output, to a file, a program or over HTTP. */
export function readLine(line: string, { nowMs }: AgentContext): readonly unknown[] {
  return [alertOf(unescapeFalcoLine(line.trim()), nowMs)];
}

function alertOf(line: string, nowMs: number): AgentDocument | DocumentError {
  const document = readFalcoLine(line, nowMs);
  return document === undefined
    ? new DocumentError('not_an_alert', NO_ALERT)
    : new AgentDocument(AGENT, document);
}

const NO_ALERT =
  'The text is no alert: send a line as Falco writes it, `12:00:00.5: Warning …`, or JSON.';
