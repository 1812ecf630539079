import { isDeepStrictEqual } from 'node:util';
import { isObject } from '#ground/json-schema/json';

type Settings = Readonly<Record<string, unknown>>;

/** The password of a Kafka cluster, and the settings without it. It is stored as the source's secret, and never shown. */
export function splitPassword(settings: Settings): { readonly settings: Settings; readonly password: string | undefined } {
  const { sasl } = settings;
  if (!isObject(sasl)) return { settings, password: undefined };
  const { password, ...rest } = sasl;
  return { settings: { ...settings, sasl: rest }, password: typeof password === 'string' ? password : undefined };
}

/** Whether a connection with these settings needs a password. */
export function needsPassword({ sasl }: Settings): boolean {
  return isObject(sasl);
}

/** Whether connections with both settings send a password to the same brokers, in the same way. */
export function sendsPasswordAlike(one: Settings, other: Settings): boolean {
  const wayOf = ({ brokers, ssl = false, sasl }: Settings): unknown => [brokers, ssl, isObject(sasl) ? sasl['mechanism'] : undefined];
  return isDeepStrictEqual(wayOf(one), wayOf(other));
}
