// Exit code 0 if the app in this container answers on /health/live.
const port = process.env.PORT || 8080;
const response = await fetch(`http://127.0.0.1:${port}/health/live`, { signal: AbortSignal.timeout(4_000) });
process.exitCode = response.ok ? 0 : 1;
