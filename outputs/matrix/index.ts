import { objectIn } from '../../src/output/answer.ts';
import { resultByRules } from '../../src/output/answer-rules.ts';
import { defineChat } from '../../src/output/chat-output.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import { below } from '../../src/output/http-url.ts';
import { matrixMessage, transactionId } from './payload.ts';
import { schema } from './settings.ts';

export default defineChat({
  id: 'matrix',
  title: 'Matrix',
  summary: 'Sends alerts to a room of Matrix.',
  schema,
  example: {
    url: 'https://matrix.example.org',
    roomId: '!XXXXXXXX:example.org',
    token: 'syt_XXXXXXXX',
  },
  validate: ({ url }) => checkHttpUrl('url', url),
  requestOf: (settings, deliveries) => ({
    method: 'PUT',
    url: below(
      settings.url,
      `/_matrix/client/v3/rooms/${encodeURIComponent(settings.roomId)}/send/m.room.message/${transactionId(deliveries)}`,
    ),
    headers: { authorization: `Bearer ${settings.token}` },
    body: matrixMessage(settings, deliveries),
  }),
  resultOf: (answer) =>
    resultByRules(answer, {
      isTaken: (taken) => typeof objectIn(taken)['event_id'] === 'string',
      expected: 'a homeserver answers with the id of the event',
      isAboutSettings: (refusal) => ABOUT_ROOM.has(String(objectIn(refusal)['errcode'])),
      waitSeconds: (refusal) => Number(objectIn(refusal)['retry_after_ms']) / 1000,
    }),
});

/** Codes that may come with status 400, yet are about the room, the user or the homeserver. */
const ABOUT_ROOM: ReadonlySet<string> = new Set([
  'M_UNRECOGNIZED',
  'M_CONSENT_NOT_GIVEN',
  'M_RESOURCE_LIMIT_EXCEEDED',
  'M_UNSUPPORTED_ROOM_VERSION',
  'M_USER_DEACTIVATED',
]);
