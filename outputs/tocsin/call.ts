import {
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
  sensitiveHeaders,
} from 'node:http2';
import type { SingleResult } from '../../src/output/define.ts';
import type { Network } from '../../src/output/network.ts';
import { createFrameReader, frameOf } from './frames.ts';
import { resultOfLoss, resultOfNoGrpc, resultOfNonsense, resultOfTrailers } from './result.ts';
import { decodeAck, encodeRequest, PUSH_PATH, type PushAck, type PushRequest } from './service.ts';
import { openSession } from './session.ts';
import type { TocsinSettings } from './settings.ts';

/** One Push call, over a connection of its own that ends with it. */
export interface PushCall {
  /** To be called once the hub has said something. */
  write(request: PushRequest): void;
  /** Closes this side. */
  end(): void;
  /** Ends the call now. */
  cancel(): void;
}

export interface PushListener {
  readonly onAck: (ack: PushAck) => void;
  /** What the end of the call means for alerts that were not acknowledged. Called once. */
  readonly onEnd: (result: SingleResult) => void;
}

/** Connects and calls. Throws nothing: whatever goes wrong ends the call. */
export function openCall(
  settings: TocsinSettings,
  network: Network,
  listener: PushListener,
): PushCall {
  const aborter = new AbortController();
  let stream: ClientHttp2Stream | undefined;

  async function run(): Promise<SingleResult> {
    const session = await openSession(settings, network, aborter.signal);
    try {
      aborter.signal.throwIfAborted();
      aborter.signal.addEventListener('abort', () => session.destroy(), { once: true });
      stream = session.request(headersOf(settings));
      return await answerOf(stream, listener);
    } finally {
      session.destroy();
    }
  }

  void run()
    .catch((error: unknown) => resultOfLoss(settings.address, error))
    .then((result) => listener.onEnd(result));

  return {
    write: (request) => void stream?.write(frameOf(encodeRequest(request))),
    end: () => (stream === undefined ? aborter.abort() : void stream.end()),
    cancel: () => aborter.abort(),
  };
}

function headersOf({ token }: TocsinSettings): OutgoingHttpHeaders {
  return {
    ':method': 'POST',
    ':path': PUSH_PATH,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    [sensitiveHeaders]: ['authorization'],
  };
}

/** Resolves to what the answer's end means; rejects when the connection ends before it. */
function answerOf(stream: ClientHttp2Stream, { onAck }: PushListener): Promise<SingleResult> {
  const { promise, resolve, reject } = Promise.withResolvers<SingleResult>();
  const read = createFrameReader((message) => onAck(decodeAck(message)));
  let trailers: IncomingHttpHeaders | undefined;
  const finish = (): void => {
    if (trailers === undefined) reject(new Error('nothing more came'));
    else resolve(resultOfTrailers(trailers));
  };
  stream.on('response', (headers) => {
    // A call that is refused at once has its status here, and no body.
    if (headers['grpc-status'] !== undefined) trailers = headers;
    else if (!isGrpc(headers)) resolve(resultOfNoGrpc(headers));
  });
  stream.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      resolve(resultOfNonsense(error));
    }
  });
  stream.on('trailers', (headers) => {
    trailers = headers;
  });
  stream.on('error', reject);
  stream.once('end', finish);
  stream.once('close', finish);
  return promise;
}

function isGrpc(headers: IncomingHttpHeaders & IncomingHttpStatusHeader): boolean {
  const { ':status': status, 'content-type': type = '' } = headers;
  return status === 200 && type.startsWith('application/grpc');
}
