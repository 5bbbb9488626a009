import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { bytes, duration, flag, settingsSchema, text } from '../../src/output/settings.ts';

const rotate = Type.Object(
  {
    bytesMax: bytes({
      description: 'A file of this size is set aside. 0: never, for logrotate to do it.',
      default: '100MiB',
    }),
    ageMax: duration({ description: 'A file this old is set aside. 0: never.', default: '0' }),
    keep: Type.Integer({
      description: 'Files set aside that are kept; older ones are removed.',
      minimum: 1,
      maximum: 10_000,
      default: 10,
    }),
    gzip: flag('Pack files set aside.', true),
  },
  { additionalProperties: false, description: 'When a new file is begun.', default: {} },
);

export const schema = settingsSchema({
  path: text('The file, from the root. Its directory must be there.'),
  format: alertFormat,
  sync: Type.Union([Type.Literal('always'), Type.Literal('interval'), Type.Literal('never')], {
    description:
      'When lines are forced to disk. always: before they count as delivered. interval: with the first batch after a second. never: when the system likes.',
    default: 'always',
  }),
  rotate,
});

/** Sizes in bytes, times in ms, defaults filled in. */
export type FileSettings = Static<typeof schema>;
