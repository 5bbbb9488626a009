import { Counter, Gauge, type Registry } from 'prom-client';

/** How many streams of an input are in a state. */
export interface StreamCount {
  readonly input: string;
  readonly state: string;
  readonly count: number;
}

/** Metrics of the streams from Falco; the counts are asked for when somebody looks. */
export function falcoStreamMetrics(registry: Registry, counts: () => readonly StreamCount[]) {
  const streams = new Gauge({
    name: 'tocsin_falco_grpc_streams',
    help: 'Falcos whose alerts are read over gRPC, by state.',
    labelNames: ['input', 'state'],
    registers: [],
    collect() {
      this.reset();
      for (const { input, state, count } of counts()) this.set({ input, state }, count);
    },
  });
  registry.registerMetric(streams);
  const lost = new Counter({
    name: 'tocsin_falco_grpc_lost_total',
    help: 'Alerts read from a Falco that could not be stored before the hub stopped.',
    labelNames: ['input'],
    registers: [registry],
  });
  return { lost };
}
