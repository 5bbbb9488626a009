import { startDestination } from '../contract/server.ts';
import { bulkReply, jsonReply, operationsIn, type Verdict } from '../support/bulk-server.ts';
import type { Arrival } from '../support/checking-server.ts';
import { startGateway } from '../support/gateway.ts';
import { CODES, type KafkaBroker, startBroker } from '../support/kafka-broker.ts';
import { parseMail } from '../support/mail.ts';
import { numberedAlert, numberOf } from '../support/numbered-alerts.ts';
import { END_OF_DATA, GREETING, type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import type { Scenario, Stage } from './matrix.ts';
import { type Ailment, outage } from './outage.ts';
import type { Seen } from './rows.ts';

/** Destinations that take many alerts at once, and refuse some of them, or go in the middle. */

/** The alert's own, which stands before any that it is about. */
const UUID = /"uuid":"([0-9a-f-]{36})"/;
const UUIDS_IN_MAIL = /^Uuid: ([0-9a-f-]{36})/gm;
/** What a broker or a mail server may have taken when it went without an answer, and gets again. */
const UNDER_WAY = 2000;

/** A record of what came, for stand-ins that keep none. */
function createSeen() {
  const arrivals: Arrival[] = [];
  const taken = new Map<string, number>();
  return {
    arrivals,
    taken,
    take(uuid: string, json: string): void {
      arrivals.push({ uuid, json, atMs: performance.now(), taken: true });
      taken.set(uuid, (taken.get(uuid) ?? 0) + 1);
    },
  };
}

const isTenth = (uuid: string): boolean => (numberOf(uuid) ?? 0) % 10 === 3;

/** Says of each document what `judge` says; what gets 201 is taken. */
function elasticsearch(judge: (uuid: string, isIll: boolean) => Verdict, isDead = false): Ailment {
  return async (stage) => {
    const seen = createSeen();
    let isIll = false;
    const server = await startDestination(stage, (request) => {
      if (!request.path.includes('_bulk')) return jsonReply({ acknowledged: true });
      const verdicts = operationsIn(request).map(({ document }) => {
        const uuid = UUID.exec(document)?.[1] ?? '';
        const verdict = judge(uuid, isIll);
        if (verdict === 201) seen.take(uuid, document);
        return verdict;
      });
      return bulkReply(verdicts);
    });
    return {
      output: { type: 'elasticsearch', nodes: [server.origin] },
      seen,
      fall: () => void (isIll = true),
      mend: () => void (isIll = false),
      promises: isDead ? { isDead: isTenth } : {},
    };
  };
}

const BUSY = { type: 'es_rejected_execution_exception', reason: 'queue is full' };
const MALFORMED = { type: 'document_parsing_exception', reason: 'failed to parse field' };

function rejected(): Ailment {
  let documents = 0;
  return elasticsearch((_, isIll) => {
    documents += 1;
    return isIll && documents % 10 === 0 ? [429, BUSY] : 201;
  });
}

/** A broker behind a gateway, so that it can be gone. */
function kafka(
  fall: (broker: KafkaBroker, gateway: { refuse(): void }) => void,
  mend: (broker: KafkaBroker, gateway: { accept(): void }) => void,
): Ailment {
  return async (stage) => {
    const broker = await startBroker(stage);
    const gateway = await startGateway(stage, `http://${broker.address}`);
    broker.leader = { host: '127.0.0.1', port: gateway.port };
    const brokers = [`127.0.0.1:${gateway.port}`];
    return {
      output: { type: 'kafka', brokers, topic: 'alerts', plaintext: true },
      seen: seenBy(stage, broker),
      fall: () => fall(broker, gateway),
      mend: () => mend(broker, gateway),
      promises: { duplicatesMax: UNDER_WAY },
    };
  };
}

/** What a stand-in has taken is looked through whenever somebody asks, and every 20 ms. */
function looking(stage: Stage, { arrivals, taken }: Seen, look: () => void): Seen {
  const timer = setInterval(look, 20);
  stage.after(() => clearInterval(timer));
  return {
    get arrivals() {
      look();
      return arrivals;
    },
    get taken() {
      look();
      return taken;
    },
  };
}

function seenBy(stage: Stage, { taken }: KafkaBroker): Seen {
  const seen = createSeen();
  let at = 0;
  return looking(stage, seen, () => {
    for (; at < taken.length; at += 1) {
      const value = taken[at]?.value ?? '';
      seen.take(UUID.exec(value)?.[1] ?? '', value);
    }
  });
}

/** A mail has no field of which each digit could be compared. */
function seenIn(stage: Stage, { mails }: SmtpServer): Seen {
  const seen = createSeen();
  let at = 0;
  return looking(stage, seen, () => {
    for (; at < mails.length; at += 1) {
      const { text } = parseMail(mails[at]?.data ?? '');
      for (const [, uuid = ''] of text.matchAll(UUIDS_IN_MAIL)) {
        seen.take(uuid, numberedAlert(numberOf(uuid) ?? 0).json);
      }
    }
  });
}

const brokerKilled = kafka(
  (_, gateway) => gateway.refuse(),
  (_, gateway) => gateway.accept(),
);

const noLeader = kafka(
  (broker) => {
    broker.leaderless.add(0);
    broker.onProduce = () => ({ code: CODES.LEADER_NOT_AVAILABLE });
  },
  (broker) => {
    broker.leaderless.clear();
    broker.onProduce = () => 'take';
  },
);

const RECORDS_MAX = 5;
const tooLarge = kafka(
  (broker) => {
    broker.onProduce = ({ records }) =>
      records.length > RECORDS_MAX ? { code: CODES.MESSAGE_TOO_LARGE } : 'take';
  },
  () => undefined,
);

/** Answers like this while it is ill. */
function mail(answer: (server: SmtpServer) => SmtpServer['answer']): Ailment {
  return async (stage) => {
    const server = await startSmtpServer(stage);
    let isIll = false;
    const ill = answer(server);
    server.answer = (command, session) => (isIll ? ill(command, session) : undefined);
    const host = `127.0.0.1:${server.port}`;
    const people = { from: 'falco@example.org', to: ['soc@example.org'] };
    return {
      // A mail of more shows the rest of them as a number.
      output: { type: 'smtp', host, encryption: 'none', ...people, batch: { alertsMax: 20 } },
      seen: seenIn(stage, server),
      fall: () => void (isIll = true),
      mend: () => void (isIll = false),
    };
  };
}

const greylisted = mail(() => (command) => {
  return command.startsWith('RCPT') ? '451 4.7.1 Greylisted, come back later' : undefined;
});
const oneSession = mail((server) => (command) => {
  const isFull = command === GREETING && server.sessions.open.size > 1;
  return isFull ? '421 4.7.0 Too many connections' : undefined;
});
const dropped = mail(() => (command) => (command === END_OF_DATA ? 'drop' : undefined));

export const bulk: readonly Scenario[] = [
  outage('Elasticsearch in bulk', {
    'Elasticsearch, one item in ten 429': rejected(),
    'Elasticsearch, one item in ten malformed': elasticsearch(
      (uuid) => (isTenth(uuid) ? [400, MALFORMED] : 201),
      true,
    ),
  }),
  {
    ...outage('Kafka', {
      'Kafka, broker gone': brokerKilled,
      'Kafka, leader not available': noLeader,
      'Kafka, message too large': tooLarge,
    }),
    short: false,
  },
  {
    ...outage('SMTP', {
      'SMTP, greylisting': greylisted,
      'SMTP, one connection at a time': oneSession,
      'SMTP, disconnect after DATA': dropped,
    }),
    short: false,
  },
];
