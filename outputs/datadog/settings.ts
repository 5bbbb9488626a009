import { type Static, Type } from 'typebox';
import { datadogSettings } from '../../src/output/datadog.ts';

export const schema = Type.Object(datadogSettings, { additionalProperties: false });

/** Defaults filled in. */
export type DatadogSettings = Static<typeof schema>;
