// Every state of every page of ours, and the way there. `of` names the page that a state shares its
// title with; `status` is 200 unless said.

import { logIn, sendLogin } from './world.mjs';

/** Opens an address, logged in as somebody or as nobody. */
const at = (service, path, name) => ({
  async reach({ page }, world) {
    if (name) await logIn(page, world, world.person(name));
    await page.goto(world.url(service, path));
  },
});

/** Opens the link of a letter. */
const toLink = (name) => ({
  reach: ({ page }, world) => page.goto(world.link(name)),
});

export const states = {
  'login': at('portail', '/connexion'),
  'login-for-a-service': { ...at('bip', '/'), of: 'login' },
  'login-error': {
    status: 422,
    async reach({ page }, world) {
      await page.goto(world.url('portail', '/connexion'));
      await sendLogin(page, world.person('corinne'), 'faux');
      await page.getByRole('alert').waitFor();
    },
  },
  'login-after-activation': { ...at('portail', '/connexion?fait=activation'), of: 'login' },
  'forgotten': at('portail', '/oubli'),
  'forgotten-error': {
    status: 422,
    async reach({ page }, world) {
      await page.goto(world.url('portail', '/oubli'));
      await page.getByLabel('Adresse électronique professionnelle').fill('personne');
      await page.getByRole('button', { name: 'Recevoir un lien' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'forgotten-sent': {
    async reach({ page }, world) {
      await page.goto(world.url('portail', '/oubli'));
      await page.getByLabel('Adresse électronique professionnelle').fill('personne@nulle-part.example');
      await page.getByRole('button', { name: 'Recevoir un lien' }).click();
      await page.getByRole('status').waitFor();
    },
  },
  'link-unknown': { ...at('portail', '/invitation/inconnu'), status: 404 },
  'invitation': toLink('invitation'),
  'invitation-error': {
    status: 422,
    async reach({ page }, world) {
      await page.goto(world.link('invitation'));
      await page.getByLabel('Nouveau mot de passe').fill('azerty');
      await page.getByLabel('Le même mot de passe').fill('azerty');
      await page.getByRole('button', { name: 'Ouvrir mon compte' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'reset': toLink('reset'),
  'link-revoked': { ...toLink('revoked'), status: 410 },
  'account-profile': at('portail', '/compte', 'amina'),
  'account-profile-error': {
    status: 422,
    async reach({ page }, world) {
      await logIn(page, world, world.person('amina'));
      await page.goto(world.url('portail', '/compte'));
      await page.getByLabel('Prénom').fill('');
      await page.getByRole('button', { name: 'Corriger mon nom' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'account-password': at('portail', '/compte/mot-de-passe', 'amina'),
  'account-password-error': {
    status: 422,
    async reach({ page }, world) {
      await logIn(page, world, world.person('amina'));
      await page.goto(world.url('portail', '/compte/mot-de-passe'));
      await page.getByLabel('Mot de passe actuel').fill('faux');
      await page.getByLabel('Nouveau mot de passe').fill('azerty');
      await page.getByLabel('Le même mot de passe').fill('azerty');
      await page.getByRole('button', { name: 'Changer mon mot de passe' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'account-devices': {
    async reach({ context, page }, world) {
      const amina = world.person('amina');
      await logIn(page, world, amina);
      await context.clearCookies();
      await logIn(page, world, amina);
      await page.goto(world.url('portail', '/compte/appareils'));
    },
  },
  'account-history': at('portail', '/compte/historique', 'amina'),
  'account-access': at('portail', '/compte/acces', 'alain'),
  'account-records': at('portail', '/compte/donnees', 'amina'),
  'account-records-sent': { ...at('portail', '/compte/donnees?fait=demande', 'amina'), of: 'account-records' },
  'account-detail': at('portail', '/compte/donnees/detail', 'amina'),
  'help': at('portail', '/aide'),
  'site-map': at('portail', '/plan-du-site'),
  'site-map-signed-in': { ...at('portail', '/plan-du-site', 'amina'), of: 'site-map' },
  'services': at('portail', '/', 'amina'),
  'services-all-open': { ...at('portail', '/', 'renee'), of: 'services' },
  'services-none-open': { ...at('portail', '/', 'aline'), of: 'services' },
  'services-without-referent': { ...at('portail', '/', 'corinne'), of: 'services' },
  'memberships': at('portail', '/rattachements', 'agnes'),
  'membership-unknown': {
    status: 404,
    async reach({ page }, world) {
      await logIn(page, world, world.person('agnes'));
      await page.goto(world.url('portail', '/rattachements'));
      const field = page.locator('input[name=rattachement]').first();
      await field.evaluate((input) => { input.value = 'fontclaire/inconnu'; });
      await page.getByRole('button', { name: 'Continuer avec' }).first().click();
      await page.waitForLoadState();
    },
  },
  'logged-out': {
    async reach({ page }, world) {
      await logIn(page, world, world.person('renee'));
      await page.getByRole('button', { name: 'Se déconnecter' }).click();
      await page.waitForURL(/\/deconnexion$/);
    },
  },
  'accessibility': at('portail', '/accessibilite'),
  'personal-data': at('portail', '/donnees-personnelles'),
  'legal': at('portail', '/mentions-legales'),
  'legal-signed-in': { ...at('portail', '/mentions-legales', 'renee'), of: 'legal' },
  'portal-not-found': { ...at('portail', '/nulle-part', 'renee'), status: 404 },
  'gateway-not-found': { ...at('site', '/.convergences/nulle-part'), status: 404 },
  'gateway-wrong-host': {
    status: 421,
    async reach({ page }, world) {
      const [, port] = world.host('portail').split(':');
      await page.goto(`http://inconnu.localhost:${port}/`);
    },
  },
  'refusal': { ...at('net-cotisations', '/', 'amina'), status: 403 },
  'refusal-without-referent': { ...at('net-cotisations', '/', 'corinne'), status: 403, of: 'refusal' },
  'bip-latest': at('bip', '/', 'renee'),
  'bip-results': at('bip', '/?q=cong%C3%A9+de+maladie', 'renee'),
  'bip-second-page': at('bip', '/?q=cong%C3%A9+de+maladie&page=2', 'renee'),
  'bip-one-kind': { ...at('bip', '/?q=t%C3%A9l%C3%A9travail&kind=fiche', 'renee') },
  'bip-corrected': at('bip', '/?q=t%C3%A9l%C3%A9travial', 'renee'),
  'bip-nothing': at('bip', '/?q=xyzzyqwk', 'renee'),
  'bip-reference': at('bip', '/?q=L.+411-1+CGFP', 'renee'),
  'bip-document': {
    async reach({ page }, world) {
      await logIn(page, world, world.person('renee'), world.url('bip', '/?q=t%C3%A9l%C3%A9travail'));
      await page.locator('.hit h3 a').first().click();
      await page.waitForURL(/\/documents\//);
    },
  },
  'bip-document-with-links': {
    async reach({ page }, world) {
      await logIn(page, world, world.person('renee'), world.url('bip', '/?q=L.+411-1+CGFP'));
      await page.locator('.hit h3 a').first().click();
      await page.waitForURL(/\/documents\//);
    },
  },
  'bip-not-found': { ...at('bip', '/documents/nulle-part', 'renee'), status: 404 },
};
