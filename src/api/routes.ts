import { type Static, type TObject, Type } from 'typebox';
import type { Control } from './contract.ts';
import { CALL_ROWS_MAX, type Endpoint, ENDPOINTS, FATE_STATES } from './endpoints.ts';

/** A request that the control socket answers. */
export interface Route extends Endpoint {
  readonly name: keyof Control;
  readonly input: TObject;
  /** `input` has passed the schema. */
  handle(control: Control, input: unknown): Promise<unknown>;
}

const closed = { additionalProperties: false } as const;
const output = Type.String({ minLength: 1, maxLength: 63 });
const limit = Type.Integer({ minimum: 1, maximum: CALL_ROWS_MAX });
const time = Type.Integer({ minimum: 0 });
const text = Type.String({ minLength: 1, maxLength: 1024 });
const nothing = Type.Object({}, closed);
const deadRequest = {
  ids: Type.Optional(
    Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: CALL_ROWS_MAX }),
  ),
  output: Type.Optional(output),
};

const DRAIN_MS_MAX = 86_400_000;

/** Every route there is. */
export const routes: readonly Route[] = [
  route('status', nothing, (control) => control.status()),
  route(
    'alerts',
    Type.Object(
      {
        sinceMs: Type.Optional(time),
        untilMs: Type.Optional(time),
        rule: Type.Optional(text),
        hostname: Type.Optional(text),
        output: Type.Optional(output),
        state: Type.Optional(Type.Enum([...FATE_STATES])),
        limit,
      },
      closed,
    ),
    (control, filter) => control.alerts(filter),
  ),
  route(
    'why',
    Type.Object({ uuid: Type.String({ pattern: '^[0-9a-f-]{36}$' }) }, closed),
    (control, { uuid }) => control.why(uuid),
  ),
  route('deadList', Type.Object({ limit }, closed), (control, input) =>
    control.deadList(input.limit),
  ),
  route(
    'deadShow',
    Type.Object({ id: Type.Integer({ minimum: 1 }) }, closed),
    async (control, { id }) => (await control.deadShow(id)) ?? null,
  ),
  route(
    'deadReplay',
    Type.Object({ ...deadRequest, to: Type.Optional(output) }, closed),
    (control, selection) => control.deadReplay(selection),
  ),
  route('deadDrop', Type.Object(deadRequest, closed), (control, selection) =>
    control.deadDrop(selection),
  ),
  route('queueCheck', nothing, (control) => control.queueCheck()),
  route(
    'drain',
    Type.Object(
      {
        to: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
        timeoutMs: Type.Integer({ minimum: 0, maximum: DRAIN_MS_MAX }),
      },
      closed,
    ),
    (control, request) => control.drain(request),
  ),
  route('outputTest', Type.Object({ name: output }, closed), (control, { name }) =>
    control.outputTest(name),
  ),
  route('outputDrop', Type.Object({ name: output }, closed), (control, { name }) =>
    control.outputDrop(name),
  ),
  route('outputResend', Type.Object({ name: output }, closed), (control, { name }) =>
    control.outputResend(name),
  ),
  route('reload', nothing, (control) => control.reload()),
];

function route<Schema extends TObject>(
  name: keyof Control,
  input: Schema,
  handle: (control: Control, input: Static<Schema>) => Promise<unknown>,
): Route {
  return {
    ...ENDPOINTS[name],
    name,
    input,
    handle: (control, value) => handle(control, value as Static<Schema>),
  };
}
