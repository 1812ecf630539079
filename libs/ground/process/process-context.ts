import { Inject } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import type { Logger } from '#ground/telemetry/logger';

/** Logs the error and ends the process, because only a new process can work. */
export type Fatal = (error: Error) => void;

/** The settings of every app. */
export type ProcessConfig = Pick<Config, 'host' | 'port' | 'managementPort' | 'logLevel' | 'drainTimeoutMs' | 'maxBodyBytes'>;

/** Exists before Nest does, because the HTTP adapter and Nest's logger need it. */
export interface ProcessContext<AppConfig = ProcessConfig> {
  readonly config: AppConfig;
  readonly logger: Logger;
  readonly fatal: Fatal;
}

export const CONFIG = Symbol('CONFIG');
export const LOGGER = Symbol('LOGGER');
export const FATAL = Symbol('FATAL');

/** The app's configuration. Declare the parameter as a `Pick` of what the class reads. */
export const InjectConfig = (): ParameterDecorator => Inject(CONFIG);

export const InjectLogger = (): ParameterDecorator => Inject(LOGGER);

/** A function of type `Fatal`. */
export const InjectFatal = (): ParameterDecorator => Inject(FATAL);
