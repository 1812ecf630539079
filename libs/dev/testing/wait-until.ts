/**
 * Waits until a condition holds; checks it every 20 ms.
 * @throws Error after `timeoutMs`, with the condition's description
 */
export async function waitUntil<T>(what: string | (() => string), look: () => T | Promise<T>, timeoutMs = 20_000): Promise<NonNullable<T>> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > deadlineMs) throw new Error(`Waited ${timeoutMs} ms for: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
