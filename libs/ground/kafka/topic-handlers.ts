import type { MessageHandler } from '@nestjs/microservices';

/**
 * The handler of each topic. Its pattern is the topic's name up to the first dot, so that `@EventPattern('retry')` has all
 * retry tiers, unless a handler has the whole name as its pattern.
 * @throws Error when a topic has no handler, or several: Nest calls all of a pattern's handlers and their answers would be
 * no `BatchResult`
 */
export function handlersByTopic(topics: readonly string[], handlers: ReadonlyMap<string, MessageHandler>): ReadonlyMap<string, MessageHandler> {
  return new Map(topics.map((topic) => {
    const handler = handlers.get(topic) ?? handlers.get(topic.replace(/\..*$/, ''));
    if (handler === undefined) throw new Error(`No handler for the topic ${topic}`);
    if (handler.next !== undefined) throw new Error(`Several handlers for the topic ${topic}`);
    return [topic, handler];
  }));
}
