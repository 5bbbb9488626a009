import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import { awsResult, codeIn } from '../../src/output/aws-answer.ts';
import type { AwsService } from '../../src/output/aws.ts';
import { sendChunks } from '../../src/output/chunks.ts';
import type { Connection, SendResult, SingleResult } from '../../src/output/define.ts';
import { resultOfError } from '../../src/output/http-result.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { stateful } from '../../src/output/stateful.ts';
import { combined } from '../../src/output/verdicts.ts';
import { AGE_MS_MAX, eventChunks, lateEvent, type LogEvent, putInput } from './payload.ts';
import type { CloudWatchSettings } from './settings.ts';

/** Holds no connection; makes the stream when CloudWatch says that there is none. */
export function openLogStream(service: AwsService, settings: CloudWatchSettings): Connection {
  const put = (events: readonly LogEvent[], signal: AbortSignal): Promise<HttpAnswer> =>
    service.call('Logs_20140328.PutLogEvents', putInput(settings, events), signal);

  async function putOrMake(events: readonly LogEvent[], signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await put(events, signal);
    if (answer.status !== 400 || codeIn(answer) !== 'ResourceNotFoundException') return answer;
    const { logGroup, logStream } = settings;
    const input = JSON.stringify({ logGroupName: logGroup, logStreamName: logStream });
    const made = await service.call('Logs_20140328.CreateLogStream', input, signal);
    // Another attempt may have been faster.
    const isThere = made.status === 200 || codeIn(made) === 'ResourceAlreadyExistsException';
    return isThere ? put(events, signal) : made;
  }

  async function sendChunk(events: readonly LogEvent[], signal: AbortSignal): Promise<SendResult> {
    const answer = await putOrMake(events, signal);
    const result = resultOf(answer);
    if (result.outcome !== 'delivered') return result;
    const refused = refusedIn(answer, events);
    if (refused.length === 0) return result;
    const nowMs = Date.now();
    const late = refused.map(({ delivery, place }) => lateEvent(settings, delivery, place, nowMs));
    const again = await put(late, signal).then(
      (second) => (refusedIn(second, late).length === 0 ? resultOf(second) : CLOCK),
      resultOfError,
    );
    // The others are there: they must not be sent again with these.
    const results = events.map((event) => (refused.includes(event) ? again : result));
    return combined(results);
  }

  return stateful(async (deliveries, signal) => {
    const chunks = eventChunks(settings, deliveries, Date.now());
    const result = await sendChunks(chunks, (chunk) => sendChunk(chunk, signal));
    return inOrder(result, chunks.flat());
  });
}

/** A call is answered with an object. */
function resultOf(answer: HttpAnswer): SingleResult {
  const result = awsResult(answer);
  if (result.outcome !== 'delivered' || answer.text.trim().startsWith('{')) return result;
  return foreignAnswer(answer, 'CloudWatch answers with an object');
}

const CLOCK: SingleResult = {
  outcome: 'retry',
  reason: 'client',
  detail: "CloudWatch refuses the present time: is this host's clock right?",
};

/**
 * Events that it left out for their time: the first ones are too old, the last ones too new. AWS says
 * that the end of the old ones is exclusive, but not so of expired ones, and emulators count the last
 * of them. What stands at the end goes again, if it may be one: twice is better than never.
 */
function refusedIn(answer: HttpAnswer, events: readonly LogEvent[]): readonly LogEvent[] {
  const { rejectedLogEventsInfo } = objectIn(answer);
  const info = (rejectedLogEventsInfo ?? {}) as Readonly<Record<string, unknown>>;
  const indexOf = (name: string): number | undefined => {
    const value = info[name];
    return typeof value === 'number' ? value : undefined;
  };
  const oldEnd = indexOf('tooOldLogEventEndIndex') ?? -1;
  const expiredEnd = indexOf('expiredLogEventEndIndex') ?? -1;
  const newStart = indexOf('tooNewLogEventStartIndex') ?? events.length;
  const oldestMs = Date.now() - AGE_MS_MAX;
  return events.filter(({ timestamp }, n) => {
    const isOld = n < oldEnd || (n === oldEnd && timestamp < oldestMs);
    return isOld || n <= expiredEnd || n >= newStart;
  });
}

/** Results are in the order of time; the engine wants them in that of the batch. */
function inOrder(result: SendResult, events: readonly LogEvent[]): SendResult {
  if (result.outcome !== 'partial') return result;
  const placed = result.results.map((one, n) => ({ one, place: events[n]?.place ?? n }));
  placed.sort((a, b) => a.place - b.place);
  return { outcome: 'partial', results: placed.map(({ one }) => one) };
}
