import net from 'node:net';
import { HttpMessages } from './http-messages.mjs';

const ANSWER_TIMEOUT_MS = 30_000;

/** A keep-alive connection that sends one request at a time. It connects when needed. */
export class Connection {
  #url;
  #head;
  #socket;
  #pending;

  /** @param {URL} url that every request is posted to */
  constructor(url) {
    this.#url = url;
    this.#head = `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n`;
  }

  /**
   * @param {string} text the request from its third line on; latin1
   * @returns {Promise<{ status: number, replayed: boolean, body: string }>} replayed: the answer says that it is stored
   * @throws Error when the connection fails, or without an answer after 30 s
   */
  async post(text) {
    this.#socket ??= await this.#connect();
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket.write(this.#head + text, 'latin1');
    });
  }

  close() {
    this.#socket?.destroy();
  }

  #connect() {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: this.#url.hostname.replace(/[[\]]/g, ''), port: Number(this.#url.port), noDelay: true });
      const messages = new HttpMessages((answerHead, body) => {
        if (/\r\nconnection: *close/i.test(answerHead)) this.#socket = undefined;
        this.#takePending()?.resolve({ status: Number(answerHead.slice(9, 12)), replayed: /\r\nidempotent-replayed: *true/i.test(answerHead), body });
      });
      const fail = (error) => {
        if (this.#socket === socket) this.#socket = undefined;
        socket.destroy();
        reject(error);
        this.#takePending()?.reject(error);
      };
      socket.setEncoding('latin1');
      socket.setTimeout(ANSWER_TIMEOUT_MS, () => fail(Object.assign(new Error('no answer'), { code: 'TIMEOUT' })));
      socket.once('connect', () => resolve(socket));
      socket.on('data', (chunk) => messages.push(chunk));
      socket.on('error', fail);
      socket.on('close', () => fail(Object.assign(new Error('closed'), { code: 'CLOSED' })));
    });
  }

  #takePending() {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }
}
