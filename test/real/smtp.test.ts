import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import type { SmtpSettings } from '../../outputs/smtp/settings.ts';
import { alertWith, deliveryOf } from '../contract/alerts.ts';
import { verdictOf } from '../contract/attempt.ts';
import {
  killService,
  restartService,
  type ServiceValues,
  startService,
} from '../services/service.ts';
import { startHub } from '../support/hub-process.ts';
import { corpusLines } from '../support/corpus.ts';
import { partOfLine, partsOf } from '../support/mail-parts.ts';
import { createMailbox, hostsOf, type Mailbox, type ReadMail } from '../support/mailbox.ts';
import { openSmtp } from '../support/smtp-output.ts';

/** Postfix, and Dovecot for the logins: what arrives is read from the mailbox. */

test('smtp: real Postfix', { timeout: 600_000 }, async (t) => {
  const postfix = await startService(t, 'smtp');
  if (postfix === undefined) return;
  const mailbox = createMailbox(postfix);
  await t.test('the corpus arrives, each alert once and with every digit', (t) =>
    corpusArrives(t, postfix, mailbox),
  );
  for (const [name, way] of Object.entries(ways(postfix))) {
    await t.test(`mail goes by ${name}`, (t) => mailGoes(t, postfix, way, mailbox));
  }
  for (const [name, settings] of Object.entries(wrongWays(postfix))) {
    await t.test(`${name} waits for the operator`, async (t) => {
      const { send } = await open(t, postfix, settings);
      assert.equal(verdictOf(await send()), 'retry/auth');
    });
  }
  await t.test('whoever can have the mail has it once', (t) => someAreRefused(t, postfix, mailbox));
  await t.test('a server that is killed and started again gets the rest', (t) =>
    outlivesKill(t, postfix, mailbox),
  );
});

function open(t: TestContext, { SMTP_CA = '' }: ServiceValues, settings: Partial<SmtpSettings>) {
  const { host = '' } = settings;
  return openSmtp(t, { ...settings, host }, { caFiles: [SMTP_CA] });
}

/** Settings, and the protocol that Postfix then writes down (RFC 3848): S is TLS, A is a login. */
type Way = readonly [settings: Partial<SmtpSettings>, protocol: string];

function ways(postfix: ServiceValues): Record<string, Way> {
  const { SMTP_USER: user = '', SMTP_PASSWORD: password = '' } = postfix;
  const [plain, starttls, implicit] = hostsOf(postfix);
  const token = tokenFor(user, postfix);
  const logins = {
    PLAIN: { user, password },
    LOGIN: { user, password, auth: 'login' },
    XOAUTH2: { user, token, auth: 'xoauth2' },
    OAUTHBEARER: { user, token, auth: 'oauthbearer' },
  } as const;
  const withLogin = Object.entries(logins).flatMap(([name, login]): [string, Way][] => [
    [`STARTTLS and ${name}`, [{ ...starttls, ...login }, 'ESMTPSA']],
    [`implicit TLS and ${name}`, [{ ...implicit, ...login }, 'ESMTPSA']],
  ]);
  // Postfix lets an anonymous login do nothing that no login could not.
  const anonymous = { ...plain, auth: 'anonymous', trace: 'hub@example.org' } as const;
  return {
    'no TLS and no login': [{ ...plain, encryption: 'none' }, 'ESMTP'],
    'no TLS and PLAIN': [{ ...plain, encryption: 'none', user, password }, 'ESMTPA'],
    'STARTTLS and no login': [plain, 'ESMTPS'],
    'STARTTLS and ANONYMOUS': [anonymous, 'ESMTPSA'],
    ...Object.fromEntries(withLogin),
  };
}

function wrongWays(postfix: ServiceValues): Record<string, Partial<SmtpSettings>> {
  const { SMTP_USER: user = '' } = postfix;
  const [, starttls] = hostsOf(postfix);
  const password = 'wrong';
  const token = tokenFor(user, { SMTP_JWT_SECRET: 'another' });
  return {
    'a wrong password by PLAIN': { ...starttls, user, password },
    'a wrong password by LOGIN': { ...starttls, user, password, auth: 'login' },
    'a wrong token by XOAUTH2': { ...starttls, user, token, auth: 'xoauth2' },
    'a wrong token by OAUTHBEARER': { ...starttls, user, token, auth: 'oauthbearer' },
  };
}

/** A JSON Web Token (RFC 7519) as Dovecot checks it by itself. */
function tokenFor(sub: string, { SMTP_JWT_SECRET = '' }: ServiceValues): string {
  const nowS = Math.floor(Date.now() / 1000);
  const claims = { sub, iss: 'tests', iat: nowS, nbf: nowS - 60, exp: nowS + 600 };
  const parts = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const mac = createHmac('sha256', SMTP_JWT_SECRET).update(parts.join('.')).digest('base64url');
  return [...parts, mac].join('.');
}

async function mailGoes(
  t: TestContext,
  postfix: ServiceValues,
  [settings, protocol]: Way,
  mailbox: Mailbox,
): Promise<void> {
  const { send } = await open(t, postfix, settings);
  const delivery = deliveryOf(alertWith({ rule: t.name, output: 'one\r\ntwo \u202e 日本 🦀' }));
  assert.equal(verdictOf(await send([delivery])), 'delivered');
  const [mail] = await mailbox.take(1);
  assert.equal(mail?.messageId, `<${delivery.key}@example.org>`);
  assert.equal(mail?.protocol, protocol);
  assert.equal(mail?.subject, '[Warning] one two \ufffd 日本 🦀');
  assert.ok(mail?.text.includes(`\nRule: ${t.name}\n`));
  assert.ok(mail?.html.includes(`\nRule\t${t.name}\t\n`));
}

async function corpusArrives(
  t: TestContext,
  { SMTP_CA: caFile, ...postfix }: ServiceValues,
  mailbox: Mailbox,
): Promise<void> {
  const { SMTP_USER: user, SMTP_PASSWORD: password } = postfix;
  const addresses = { from: 'falco@example.org', to: ['soc@example.org'], showUuid: false };
  const login = { ...hostsOf(postfix)[1], user, password, tls: { caFile } };
  const hub = await startHub(t, { outputs: { mail: { type: 'smtp', ...login, ...addresses } } });
  const response = await fetch(hub.origin(), { method: 'POST', body: corpusLines.join('\n') });
  assert.equal(response.status, 200);
  const expected = corpusLines.map(partOfLine).toSorted();

  const arrived: string[] = [];
  let mails = 0;
  while (arrived.length < expected.length) {
    for (const { text } of await mailbox.take(1)) {
      mails += 1;
      arrived.push(...partsOf(text));
    }
  }
  assert.deepEqual(arrived.toSorted(), expected);
  assert.ok(mails < expected.length / 2, `${mails} mails`);
}

async function someAreRefused(
  t: TestContext,
  postfix: ServiceValues,
  mailbox: Mailbox,
): Promise<void> {
  const [plain] = hostsOf(postfix);
  const to = ['gone@example.org', 'soc@example.org', 'oncall@example.org'];
  const { send } = await open(t, postfix, { ...plain, to });
  assert.equal(verdictOf(await send()), 'delivered');
  assert.equal(verdictOf(await send()), 'delivered');
  const mails = await mailbox.take(4);
  const times = (name: string) => mails.filter((mail) => mail.for === `${name}@example.org`).length;
  assert.deepEqual([times('gone'), times('soc'), times('oncall')], [0, 2, 2]);
  const isTold = ({ text }: ReadMail) =>
    text.includes('Not delivered to gone@example.org: 550 5.1.1');
  assert.equal(mails.filter(isTold).length, 2);

  const deferring = await open(t, postfix, {
    ...plain,
    to: ['soc@example.org', 'later@example.org'],
  });
  const first = await deferring.send();
  assert.match(JSON.stringify(first), /not yet taken for later@example\.org: 450 4\.7\.1/);
  assert.equal(verdictOf(await deferring.send()), 'retry/rateLimited');
  const only = await mailbox.take(1);
  assert.deepEqual(
    only.map((mail) => mail.for),
    ['soc@example.org'],
  );
}

async function outlivesKill(
  t: TestContext,
  postfix: ServiceValues,
  mailbox: Mailbox,
): Promise<void> {
  const [plain] = hostsOf(postfix);
  const addresses = { from: 'falco@example.org', to: ['soc@example.org'] };
  const tls = { caFile: postfix['SMTP_CA'] };
  const hub = await startHub(t, {
    outputs: { mail: { type: 'smtp', ...plain, ...addresses, tls } },
  });
  const post = async (rule: string): Promise<void> => {
    const body = JSON.stringify({
      rule,
      priority: 'Warning',
      time: new Date().toISOString(),
      output: rule,
      output_fields: {},
    });
    assert.equal((await fetch(hub.origin(), { method: 'POST', body })).status, 200);
  };
  const rules = Array.from({ length: 60 }, (_, n) => `Rule ${n}.`);
  for (const rule of rules.slice(0, 20)) await post(rule);
  await killService(postfix);
  for (const rule of rules.slice(20, 40)) await post(rule);
  await restartService(postfix);
  for (const rule of rules.slice(40)) await post(rule);

  const arrived = new Map<string, Set<string>>();
  while (arrived.size < rules.length) {
    for (const { text, messageId } of await mailbox.take(1)) {
      for (const [, rule = ''] of text.matchAll(/^Rule: (.*)$/gm)) {
        arrived.set(rule, (arrived.get(rule) ?? new Set()).add(messageId));
      }
    }
  }
  assert.deepEqual([...arrived.keys()].toSorted(), rules.toSorted());
}
