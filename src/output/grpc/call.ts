import {
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  sensitiveHeaders,
} from 'node:http2';
import type { Failure } from '../http-error.ts';
import type { Network } from '../network.ts';
import { inPieces } from '../pieces.ts';
import {
  type AnswerHeaders,
  failureOfLoss,
  failureOfNoGrpc,
  failureOfNonsense,
} from './failures.ts';
import { frameOf, readMessage } from './frames.ts';
import { type Http2Server, openSession } from './session.ts';
import { type GrpcStatus, statusIn } from './status.ts';

/** What is called, and as whom. */
export interface CallOptions extends Http2Server {
  /** `/package.Service/Method` */
  readonly path: string;
  /** A bearer token. */
  readonly token?: string | undefined;
  /** What should answer, for the reader: `the gRPC door of a hub`. */
  readonly expected: string;
}

/** One call of a method that streams both ways, over a connection of its own that ends with it. */
export interface Call {
  /** To be called once the server has said something. */
  write(message: Buffer): void;
  /** Closes this side. */
  end(): void;
  /** Ends the call now. */
  cancel(): void;
}

export interface CallListener {
  /** What it throws on a message that it does not understand ends the call. */
  readonly onMessage: (message: Buffer) => void;
  /** Called once. */
  readonly onEnd: (end: CallEnd) => void;
}

/** What the server said of the call as a whole, or why it could not say anything. */
export type CallEnd = { readonly status: GrpcStatus } | { readonly failure: Failure };

/** Connects and calls. Throws nothing: whatever goes wrong ends the call. */
export function openCall(options: CallOptions, network: Network, listener: CallListener): Call {
  const aborter = new AbortController();
  let stream: ClientHttp2Stream | undefined;

  async function run(): Promise<CallEnd> {
    const session = await openSession(options, network, aborter.signal);
    try {
      aborter.signal.throwIfAborted();
      aborter.signal.addEventListener('abort', () => session.destroy(), { once: true });
      stream = session.request(headersOf(options));
      return await endOf(stream, listener, options);
    } finally {
      session.destroy();
    }
  }

  void run()
    .catch((error: unknown) => ({ failure: failureOfLoss(options.address, error) }))
    .then((end) => listener.onEnd(end));

  return {
    write: (message) => void stream?.write(frameOf(message)),
    end: () => (stream === undefined ? aborter.abort() : void stream.end()),
    cancel: () => aborter.abort(),
  };
}

function headersOf({ path, token }: CallOptions): OutgoingHttpHeaders {
  return {
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    [sensitiveHeaders]: ['authorization'],
  };
}

/** Resolves when the server has come to an end; rejects when the connection ends before that. */
function endOf(
  stream: ClientHttp2Stream,
  { onMessage }: CallListener,
  { expected }: CallOptions,
): Promise<CallEnd> {
  const { promise, resolve, reject } = Promise.withResolvers<CallEnd>();
  const messages = inPieces(readMessage);
  let trailers: IncomingHttpHeaders | undefined;
  const finish = (): void => {
    if (trailers === undefined) reject(new Error('nothing more came'));
    else resolve({ status: statusIn(trailers) });
  };
  stream.on('response', (headers) => {
    // A call that is refused at once has its status here, and no body.
    if (headers['grpc-status'] !== undefined) trailers = headers;
    else if (!isGrpc(headers)) resolve({ failure: failureOfNoGrpc(headers, expected) });
  });
  stream.on('data', (chunk: Buffer) => {
    try {
      for (const message of messages.read(chunk)) onMessage(message);
    } catch (error) {
      resolve({ failure: failureOfNonsense(error) });
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

function isGrpc(headers: AnswerHeaders): boolean {
  const { ':status': status, 'content-type': type = '' } = headers;
  return status === 200 && type.startsWith('application/grpc');
}
