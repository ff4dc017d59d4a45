import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CookieJar } from './cookie-jar.ts';

function headerAfter(...answers: readonly (readonly string[])[]): string | undefined {
  const jar = new CookieJar();
  for (const cookies of answers) jar.keep(cookies);
  return jar.header();
}

describe('CookieJar', () => {
  it('sends nothing before a cookie was set', () => {
    assert.equal(headerAfter(), undefined);
    assert.equal(headerAfter([]), undefined);
  });

  it('keeps names and values, and the newest value of a name', () => {
    assert.equal(headerAfter(['AWSALB=a; Path=/; Secure', 'other="q"']), 'AWSALB=a; other="q"');
    assert.equal(headerAfter(['AWSALB=a'], ['AWSALB=b']), 'AWSALB=b');
  });

  it('drops what the balancer takes back', () => {
    assert.equal(headerAfter(['AWSALB=a'], ['AWSALB=; Max-Age=0; Path=/']), undefined);
  });

  it('passes over what is no cookie, so that it breaks no request', () => {
    for (const odd of ['', '=x', 'a b=c', 'a=b c', 'a=\u0001', 'a=é', `a=${'x'.repeat(1_025)}`, 'novalue']) {
      assert.equal(headerAfter([odd]), undefined, odd);
    }
  });

  it('holds no more than eight, the newest', () => {
    const many = Array.from({ length: 20 }, (_, index) => [`c${index}=v`]);
    assert.equal(
      headerAfter(...many),
      Array.from({ length: 8 }, (_, index) => `c${index + 12}=v`).join('; '),
    );
  });
});
