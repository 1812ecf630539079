import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' };
const NXDOMAIN = 3;
const SERVFAIL = 2;

/** What a DNS server says of a name: its addresses, that it has none such, that it failed; or nothing, ever. */
export type DnsAnswer = { readonly ttl: number; readonly A?: readonly string[]; readonly AAAA?: readonly string[]; readonly silent?: 'A' | 'AAAA' } | 'unknown' | 'failing' | 'silent';

interface Question {
  readonly name: string;
  readonly type: 'A' | 'AAAA';
}

/** A DNS server on a loopback address (RFC 1035), for one question a packet, without compression. */
export class DnsServer {
  /** Each question that came, such as `a.test AAAA`. */
  readonly questions: string[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly answerOf: (name: string) => DnsAnswer,
  ) {
    socket.on('message', (packet, client) => this.answer(packet, client));
  }

  static async start(answerOf: (name: string) => DnsAnswer): Promise<DnsServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsServer(socket, answerOf);
  }

  /** For `setServers` of node:dns. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async stop(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  private answer(packet: Buffer, { port, address }: RemoteInfo): void {
    const { question, end } = parse(packet);
    if (question === undefined) return;
    this.questions.push(`${question.name} ${question.type}`);
    const answer = this.answerOf(question.name);
    if (answer === 'silent' || (typeof answer === 'object' && answer.silent === question.type)) return;
    const records = typeof answer === 'string' ? [] : (answer[question.type] ?? []).map((each) => record(question.type, each, answer.ttl));
    const head = Buffer.from(packet.subarray(0, 12));
    // A response, recursion available.
    head.writeUInt16BE(0x8180 | (answer === 'unknown' ? NXDOMAIN : answer === 'failing' ? SERVFAIL : 0), 2);
    head.writeUInt16BE(records.length, 6);
    // No authorities and no additional records: the question may have had EDNS's.
    head.writeUInt32BE(0, 8);
    this.socket.send(Buffer.concat([head, packet.subarray(12, end), ...records]), port, address);
  }
}

/** The question behind the 12 bytes of the header, and where it ends. */
function parse(packet: Buffer): { question: Question | undefined; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = packet.readUInt8(at); length > 0; length = packet.readUInt8(at)) {
    labels.push(packet.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = TYPES[packet.readUInt16BE(at + 1)];
  return { question: type === undefined ? undefined : { name: labels.join('.').toLowerCase(), type }, end: at + 5 };
}

/** Its name points at the question's. */
function record(type: 'A' | 'AAAA', address: string, ttl: number): Buffer {
  const data = type === 'A' ? Buffer.from(address.split('.').map(Number)) : ipv6(address);
  const head = Buffer.from([0xc0, 12, 0, type === 'A' ? 1 : 28, 0, 1, 0, 0, 0, 0, 0, data.length]);
  head.writeUInt32BE(ttl, 6);
  return Buffer.concat([head, data]);
}

function ipv6(address: string): Buffer {
  const [front = '', back] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const groups = back === undefined ? [...front] : [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
