import type { ItemFailure } from '../../src/output/aws-answer.ts';

/**
 * The XML that SNS answers `PublishBatch` with. What is read of it holds no character that XML would
 * escape, and what is not understood is not delivered.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
 */

/** Ids of the messages that the topic has. */
export function idsIn(xml: string): ReadonlySet<string> {
  return new Set(membersOf(xml, 'Successful').map((member) => textOf(member, 'Id')));
}

/** Those that it refused, by id. */
export function failuresIn(xml: string): ReadonlyMap<string, ItemFailure> {
  return new Map(
    membersOf(xml, 'Failed').map((member) => [
      textOf(member, 'Id'),
      {
        code: textOf(member, 'Code'),
        message: textOf(member, 'Message'),
        isSenders: textOf(member, 'SenderFault') === 'true',
      },
    ]),
  );
}

function membersOf(xml: string, list: string): string[] {
  const [, part = ''] = xml.split(`<${list}>`);
  const [own = ''] = part.split(`</${list}>`);
  return own.split('<member>').slice(1);
}

function textOf(member: string, name: string): string {
  const [, part = ''] = member.split(`<${name}>`);
  const [text = ''] = part.split('<');
  return text.trim();
}
