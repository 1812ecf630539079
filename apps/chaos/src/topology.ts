/** The apps of a run. Their names, and those of their links, appear in the report. */
export interface Topology {
  readonly gateways: number;
  readonly dispatchers: number;
}

export const gatewayNames = ({ gateways }: Topology): string[] => Array.from({ length: gateways }, (_, i) => `gateway ${i}`);
export const dispatcherNames = ({ dispatchers }: Topology): string[] => Array.from({ length: dispatchers }, (_, i) => `dispatcher ${i}`);
export const processNames = (topology: Topology): string[] => [...gatewayNames(topology), ...dispatcherNames(topology)];

export const linkName = (from: string, to: string): string => `${from} – ${to}`;
export const RECEIVER_LINK = linkName('dispatchers', 'receiver');

/** All links; each passes through a proxy. */
export function linkNames(topology: Topology): string[] {
  return [
    ...processNames(topology).flatMap((name) => [linkName(name, 'Postgres'), linkName(name, 'Kafka')]),
    ...gatewayNames(topology).map((name) => linkName('clients', name)),
    RECEIVER_LINK,
  ];
}
