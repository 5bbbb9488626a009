import { defineOutput } from '../../src/output/define.ts';
import { loadLate } from '../../src/output/load-late.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'smtp',
  title: 'E-mail (SMTP)',
  category: 'chat',
  summary: 'Mails alerts through an SMTP server, many in one mail when it is behind.',
  schema,
  example: {
    host: 'mail.example.org:587',
    from: 'Falco <falco@example.org>',
    to: ['soc@example.org'],
    user: 'falco',
    password: 'a password of that server',
  },
  batch: { alertsMax: 50, bytesMax: 512 * 1024, waitMs: 0 },
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  // A backlog is few mails as it is, and a mail is kept.
  staleAfterMs: 0,
  validate: mistakesIn,
  open: loadLate(() => import('./connection.ts')),
});
