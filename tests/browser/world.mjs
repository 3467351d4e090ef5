// The demonstration as the tests see it: hosts, people, and browser profiles to visit them with.

import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createHmac } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

const TIMEOUT = 20_000;
/** No request of its own: nothing but the demonstration is to be reached. */
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

async function executable() {
  const candidates = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
  for (const path of candidates.filter(Boolean)) {
    const found = await access(path).then(() => true, () => false);
    if (found) return path;
  }
  throw new Error('chromium not found');
}

/** Opens the browser on the demonstration that wrote `summary`. */
export async function open(summary) {
  const { hosts, accounts } = JSON.parse(await readFile(summary, 'utf8'));
  // Beside the summary, where a test has put them: the links of letters, which only the holder of
  // the master key can read.
  const letters = readFile(join(dirname(summary), 'links.json'), 'utf8').catch(() => '{}');
  const links = JSON.parse(await letters);
  const home = await mkdtemp(join(tmpdir(), 'convergences-browser-'));
  const root = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: await executable(),
    args: FLAGS,
    // Chromium's sandbox does not start as root.
    chromiumSandbox: !root,
    env: { ...process.env, HOME: home },
  });
  return {
    /** An address on a service. */
    url: (service, path = '/') => `http://${hosts[service]}${path}`,
    host: (service) => hosts[service],
    /** Where the link of a letter leads: `invitation`, `reset` or `revoked`. */
    link: (name) => `http://${hosts.portail}${links[name]}`,
    /** Somebody of the cast, by given name. */
    person: (name) => accounts.find(({ login }) => login.startsWith(`${name}.`)),
    visit: (options = {}) => visit(browser, options),
    async close() {
      await browser.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A page in a browser profile of its own, and the last answer that became a page of it. */
async function visit(browser, options) {
  const context = await browser.newContext({
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(TIMEOUT);
  const page = await context.newPage();
  const visit = { context, page, answer: undefined, close: () => context.close() };
  page.on('response', (response) => {
    const request = response.request();
    const shown = request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (shown && !(response.status() >= 300 && response.status() < 400)) visit.answer = response;
  });
  return visit;
}

/** A device beside the browser that keeps passkeys and knows its person. */
export async function addAuthenticator({ context, page }) {
  const session = await context.newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    /** Whether the person passes its check. */
    verifies: (isUserVerified) =>
      session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  };
}

/** Opens a page about one's own factors, logged in, and confirms it with the password. */
export async function confirmFactor(page, world, person, path) {
  await page.goto(world.url('portail', path));
  await page.getByLabel('Votre mot de passe Convergences').fill(person.password);
  await page.locator('main form button').click();
}

/** What an application shows for a key now (RFC 6238). */
export function oneTimeCode(key, at = Date.now()) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...key.replaceAll(/\s/g, '')].map((c) => letters.indexOf(c).toString(2).padStart(5, '0'));
  const secret = Buffer.from(bits.join('').match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', secret).update(step).digest();
  const number = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Fills the log-in form that `page` shows, and sends it. */
export async function sendLogin(page, person, password = person.password) {
  await page.getByLabel('Adresse électronique professionnelle').fill(person.login);
  await page.getByLabel('Mot de passe', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Se connecter' }).click();
}

/** Logs in from the log-in page, on the way to an address or to « Mes services ». */
export async function logIn(page, world, person, address = world.url('portail')) {
  await page.goto(address);
  await sendLogin(page, person);
  await page.waitForURL(address);
}
