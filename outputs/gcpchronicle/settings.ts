import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { googleSettings } from '../../src/output/google.ts';
import { optionalText, settingsSchema } from '../../src/output/settings.ts';

/** All of them are parts of a path. */
const PART = '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$';

export const schema = settingsSchema({
  project: Type.String({
    description: 'Project that the instance belongs to: its id or number.',
    pattern: PART,
  }),
  region: Type.String({
    description: 'Region of the instance: `us`, `eu`, `europe-west3`.',
    pattern: PART,
  }),
  instance: Type.String({ description: 'Id of the instance (customer id).', pattern: PART }),
  logType: Type.String({
    description: 'Log type, which chooses the parser.',
    default: 'FALCO_IDS',
    pattern: PART,
  }),
  forwarder: Type.Optional(
    Type.String({ description: 'Id of the forwarder that logs are filed under.', pattern: PART }),
  ),
  ...googleSettings,
  format: alertFormat,
  endpoint: optionalText(
    'Where the API is, for a private endpoint. Default: `https://chronicle.<region>.rep.googleapis.com`.',
  ),
});

/** Defaults filled in. */
export type ChronicleSettings = Static<typeof schema>;
