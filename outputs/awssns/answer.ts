import type { Told } from '../../src/output/aws-messages.ts';
import type { HttpAnswer } from '../../src/output/http.ts';

/**
 * The XML that SNS answers `PublishBatch` with. What is read of it holds no character that XML would
 * escape, and what is not understood is not delivered.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
 */

export function told({ text: xml }: HttpAnswer): Told {
  const refused = membersOf(xml, 'Failed').map((member) => {
    const failure = {
      code: textOf(member, 'Code'),
      message: textOf(member, 'Message'),
      isSenders: textOf(member, 'SenderFault') === 'true',
    };
    return [textOf(member, 'Id'), failure] as const;
  });
  const taken = membersOf(xml, 'Successful').map((member) => textOf(member, 'Id'));
  return { taken: new Set(taken), refused: new Map(refused) };
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
