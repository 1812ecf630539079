import { describe, expect, it } from '@jest/globals';
import { LockstepError } from '#domain/problem';
import { parseDestinationUrl } from './destination-url.js';

describe('a destination in a header', () => {
  it.each([
    ['https://example.com/hooks', 'https://example.com/hooks'],
    ['https://example.com', 'https://example.com/'],
    ['HTTPS://EXAMPLE.com:443/Hooks?A=b', 'https://example.com/Hooks?A=b'],
    ['https://example.com:8443/a/../b/./c', 'https://example.com:8443/b/c'],
    ['https://example.com/a/%2e%2E/b', 'https://example.com/b'],
    ['https://xn--bcher-kva.example/', 'https://xn--bcher-kva.example/'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['http://[0:0::1]:80/', 'http://[::1]/'],
    ['https://example.com/a?next=%2Fb%5C', 'https://example.com/a?next=%2Fb%5C'],
    ['https://example.com/a;v=1/b', 'https://example.com/a;v=1/b'],
    ['https://example.com/a%252fb', 'https://example.com/a%252fb'],
  ])('%s is %s', (header, href) => {
    expect(parseDestinationUrl(header).href).toBe(href);
  });

  it.each([
    '', ' ', 'example.com', '/hooks', '//example.com/', 'ftp://example.com/', 'https://', 'https:///hooks', 'javascript:alert(1)',
    // Two headers arrive joined.
    'https://example.com/, https://example.com/', 'https://example.com/\t', 'https://example.com/a b',
    'https://user@example.com/', 'https://user:password@example.com/', 'https://@example.com/', 'https://example.com/#', 'https://example.com/#a',
    'https://example.com\\@evil.test/', 'https:\\\\example.com/', 'https://example.com/a\\..\\b',
    // Bytes of UTF-8, as Node reads them.
    'https://bÃ¼cher.example/', 'https://bücher.example/', 'https://example.com/ü',
    'https://example.com/a%2fb', 'https://example.com/a%2F..%2Fb', 'https://example.com/a%5cb', 'https://example.com/a/..;/b', 'https://example.com/a/%2e%2e;x=1/b', 'https://example.com/.;/b',
    'https://example.com:99999/', 'https://1.2.3.4.5.6/', 'https://exa%mple.com/',
    `https://example.com/${'a'.repeat(2_048)}`,
    // 2,048 characters, and three times as many when they are encoded.
    `https://example.com/${'"'.repeat(2_028)}`,
  ])('refuses %j', (header) => {
    expect(() => parseDestinationUrl(header)).toThrow(LockstepError);
  });
});
