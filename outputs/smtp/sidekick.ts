import { namesIn } from '../../src/output/sidekick.ts';

/** Falcosidekick's `smtp.*`, so that mails look as they did. It has no implicit TLS. */
export const sidekick = {
  settings: {
    host: 'smtp.hostport',
    encryption: { key: 'smtp.tls', convert: () => undefined, whenEmpty: 'none' },
    auth: { key: 'smtp.authmechanism', convert: lowerCase, whenEmpty: 'none' },
    user: 'smtp.user',
    password: 'smtp.password',
    token: 'smtp.token',
    identity: 'smtp.identity',
    trace: 'smtp.trace',
    from: 'smtp.from',
    to: { key: 'smtp.to', convert: addresses },
    outputFormat: { key: 'smtp.outputformat', convert: format },
  },
  always: {
    showUuid: false,
    logoUrl:
      'https://raw.githubusercontent.com/cncf/artwork/master/projects/falco/horizontal/color/falco-horizontal-color.png',
  },
};

function lowerCase(value: unknown): string {
  return String(value).toLowerCase();
}

/** Falcosidekick takes out all blanks, then splits. */
function addresses(value: unknown): string[] {
  return namesIn(String(value).replaceAll(' ', ''));
}

function format(value: unknown): 'text' | 'html' {
  return value === 'text' ? 'text' : 'html';
}
