import { switchSamplesOff } from './built-code.mjs';

// Runs before an app, by `--import`.
await switchSamplesOff();
