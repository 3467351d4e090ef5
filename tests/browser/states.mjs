// Every state of every page of ours, and the way there. `of` names the page that a state shares its
// title with; `status` is 200 unless said.

import { addAuthenticator, confirmFactor, logIn, sendLogin } from './world.mjs';
import { addApplication, agent, at, behindPassword, designate, FACTORS, keepAll, makeKey, review, toLink } from './ways.mjs';
import { filled } from './filled.mjs';
import { rules } from './rules.mjs';
import { editing } from './editing.mjs';

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
  'address': toLink('address'),
  'address-unknown': { ...at('portail', '/adresse/inconnu'), of: 'link-unknown', status: 404 },
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
  'account-keys': {
    async reach({ page }, world) {
      await makeKey(page, world);
      await page.getByRole('link', { name: 'J’ai copié la clé' }).click();
      await page.waitForURL(/\/compte\/cles$/);
    },
  },
  'account-key-form': at('portail', '/compte/cles/nouvelle', 'renee'),
  'account-key-form-error': {
    status: 422,
    async reach({ page }, world) {
      await at('portail', '/compte/cles/nouvelle', 'renee').reach({ page }, world);
      await page.getByLabel('Votre mot de passe Convergences').fill('faux');
      await page.getByRole('button', { name: 'Créer la clé' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'account-key-made': { reach: ({ page }, world) => makeKey(page, world) },
  'account-key-end': {
    async reach({ page }, world) {
      await makeKey(page, world);
      await page.goto(world.url('portail', '/compte/cles'));
      await page.getByRole('link', { name: 'Révoquer' }).first().click();
      await page.waitForURL(/\/revocation/);
    },
  },
  'account-history': at('portail', '/compte/historique', 'amina'),
  'account-access': at('portail', '/compte/acces', 'amina'),
  'account-records': at('portail', '/compte/donnees', 'amina'),
  'account-records-sent': { ...at('portail', '/compte/donnees?fait=demande', 'amina'), of: 'account-records' },
  'account-detail': at('portail', '/compte/donnees/detail', 'amina'),
  'help': at('portail', '/aide'),
  'site-map': at('portail', '/plan-du-site'),
  'site-map-signed-in': { ...at('portail', '/plan-du-site', 'amina'), of: 'site-map' },
  'services': at('portail', '/', 'amina'),
  'services-all-open': { ...at('portail', '/', 'renee'), of: 'services' },
  'services-address-to-confirm': { ...at('portail', '/', 'camille'), of: 'services' },
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
  'referent-todo': at('portail', '/referent', 'renee'),
  'referent-agents': at('portail', '/referent/agents', 'renee'),
  'referent-agents-none': { ...at('portail', '/referent/agents?q=xyzzy', 'renee'), of: 'referent-agents' },
  'referent-addresses': at('portail', '/referent/adresses', 'renee'),
  'referent-agent': { reach: agent('Petit Aline') },
  'referent-agent-own': { reach: agent('Martin Renée') },
  'referent-record': { reach: agent('Petit Aline', 'Modifier sa fiche') },
  'referent-factors': { reach: agent('Petit Aline', 'a perdu ses seconds facteurs') },
  'referent-factors-error': {
    status: 422,
    async reach({ page }, world) {
      await agent('Petit Aline', 'a perdu ses seconds facteurs')({ page }, world);
      await page.getByRole('button', { name: 'Demander le retrait' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-factors-asked': {
    of: 'referent-factors',
    async reach({ page }, world) {
      await agent('Petit Aline', 'a perdu ses seconds facteurs')({ page }, world);
      await page.getByLabel('rencontrée en personne').check();
      await page.getByLabel('Ce qui s’est passé').fill('téléphone perdu');
      await page.getByRole('button', { name: 'Demander le retrait' }).click();
      await page.getByRole('status').waitFor();
    },
  },
  'referent-todo-factors': { ...at('portail', '/referent', 'renee'), of: 'referent-todo' },
  'referent-transfer': { reach: agent('Garnier Alain', 'Transférer vers une autre collectivité') },
  'referent-transfer-nothing': {
    status: 422,
    async reach({ page }, world) {
      await agent('Garnier Alain', 'Transférer vers une autre collectivité')({ page }, world);
      await page.getByLabel('Nom ou SIRET').fill('xyzzy');
      await page.getByRole('button', { name: 'Chercher' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-transfer-error': {
    of: 'referent-transfer-nothing',
    status: 422,
    async reach({ page }, world) {
      await agent('Garnier Alain', 'Transférer vers une autre collectivité')({ page }, world);
      await page.getByLabel('Nom ou SIRET').fill('montri');
      await page.getByRole('button', { name: 'Chercher' }).click();
      await page.getByRole('button', { name: 'Proposer le transfert' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-arrivals-none': { ...at('portail', '/referent/arrivees', 'regine'), of: 'referent-arrivals' },
  'referent-transfer-open': {
    of: 'referent-transfer',
    async reach({ page }, world) {
      await agent('Garnier Alain', 'Transférer vers une autre collectivité')({ page }, world);
      await page.getByLabel('Nom ou SIRET').fill('montri');
      await page.getByRole('button', { name: 'Chercher' }).click();
      await page.getByLabel('Dernier jour').fill('31/12/2199');
      await page.getByRole('button', { name: 'Proposer le transfert' }).click();
      await page.getByRole('status').waitFor();
    },
  },
  'referent-arrivals': at('portail', '/referent/arrivees', 'regine'),
  'referent-arrivals-error': {
    status: 422,
    async reach({ page }, world) {
      await at('portail', '/referent/arrivees', 'regine').reach({ page }, world);
      await page.getByRole('button', { name: 'Refuser l’arrivée' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-why': {
    async reach({ page }, world) {
      await agent('Benali Amina')({ page }, world);
      await page.getByRole('link', { name: 'Pourquoi' }).first().click();
      await page.waitForURL(/\/droits\/[a-z-]+$/);
    },
  },
  'referent-together': {
    async reach({ page }, world) {
      await at('portail', '/referent/agents', 'renee').reach({ page }, world);
      await page.getByLabel('Choisir Petit Aline').check();
      await page.getByLabel('Choisir Martin Renée').check();
      await page.getByRole('button', { name: 'Suspendre' }).click();
      await page.waitForURL(/ensemble$/);
    },
  },
  'referent-referents': at('portail', '/referent/referents', 'renee'),
  'referent-referents-error': {
    status: 422,
    async reach({ page }, world) {
      await at('portail', '/referent/referents', 'renee').reach({ page }, world);
      await page.getByRole('button', { name: 'Voir le formulaire' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-rights': { reach: agent('Petit Aline', 'Changer ses droits') },
  'referent-enrol': at('portail', '/referent/agents/nouveau', 'renee'),
  'referent-enrol-error': {
    status: 422,
    async reach({ page }, world) {
      await at('portail', '/referent/agents/nouveau', 'renee').reach({ page }, world);
      await page.getByLabel('Prénom').fill('Aline');
      await page.getByRole('button', { name: 'Ajouter et envoyer' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-matrix': at('portail', '/referent/droits', 'renee'),
  'referent-preview': {
    async reach({ page }, world) {
      await at('portail', '/referent/droits', 'renee').reach({ page }, world);
      await page.getByLabel('Droit direct de Petit Aline sur BIP').selectOption('Lecture');
      await page.getByRole('button', { name: 'Vérifier les changements' }).click();
      await page.getByRole('heading', { name: '1 accès gagné' }).waitFor();
    },
  },
  'referent-profiles': at('portail', '/referent/profils', 'renee'),
  'referent-groups': at('portail', '/referent/services', 'renee'),
  'referent-requests': at('portail', '/referent/demandes', 'renee'),
  'referent-reviews': at('portail', '/referent/revues', 'renee'),
  'referent-reviews-error': {
    status: 422,
    async reach({ page }, world) {
      await at('portail', '/referent/revues', 'renee').reach({ page }, world);
      await page.getByLabel('Échéance').fill('demain');
      await page.getByRole('button', { name: 'Ouvrir la revue' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-review': { reach: ({ page }, world) => review(page, world) },
  'referent-review-change': {
    of: 'referent-rights',
    async reach({ page }, world) {
      await review(page, world);
      await page.getByRole('link', { name: 'Modifier les droits de Benali Amina' }).click();
      await page.waitForURL(/droits\?revue=/);
    },
  },
  'referent-review-withdraw': {
    async reach({ page }, world) {
      await review(page, world);
      await page.getByRole('button', { name: 'Retirer les droits de Benali Amina' }).click();
      await page.getByRole('heading', { name: '1 accès perdu' }).waitFor();
    },
  },
  'referent-review-keep': {
    async reach({ page }, world) {
      await review(page, world);
      await page.getByRole('button', { name: /sans alerte de cette page/ }).click();
      await page.waitForURL(/garder$/);
    },
  },
  'referent-review-decided': {
    of: 'referent-review',
    async reach({ page }, world) {
      await review(page, world);
      await keepAll(page);
      await page.getByRole('link', { name: 'Décidées' }).click();
      await page.waitForURL(/etat=faites$/);
    },
  },
  'referent-review-report': {
    async reach({ page }, world) {
      await review(page, world);
      await keepAll(page);
      await page.getByRole('button', { name: 'Clore la revue' }).click();
      await page.waitForURL(/fait=close$/);
      await page.getByRole('link', { name: /^Rapport signé/ }).first().click();
      await page.waitForURL(/rapport$/);
    },
  },
  'referent-journal': at('portail', '/referent/journal', 'renee'),
  'referent-import': at('portail', '/referent/import', 'renee'),
  'referent-import-preview': {
    async reach({ page }, world) {
      await at('portail', '/referent/import', 'renee').reach({ page }, world);
      const rows = 'Prénom;Nom;Courriel\nZoé;Lefèvre;zoe@fontclaire.example\nZoé;;zoe\n';
      const file = { name: 'agents.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) };
      await page.getByLabel('Fichier CSV').setInputFiles(file);
      await page.getByRole('button', { name: 'Vérifier le fichier' }).click();
      await page.getByRole('heading', { name: '1 ligne est à corriger' }).waitFor();
    },
  },
  'referent-refused': { ...at('portail', '/referent', 'amina'), status: 403 },
  'request': at('portail', '/demande?service=bip', 'aline'),
  'cig-todo': at('portail', '/cig', 'corinne'),
  'cig-collectivites': at('portail', '/cig/collectivites', 'corinne'),
  'cig-collectivites-nothing': { ...at('portail', '/cig/collectivites?q=xyzzy', 'corinne'), of: 'cig-collectivites' },
  'cig-collectivites-of-a-cdg': { ...at('portail', '/cig/collectivites', 'pierre'), of: 'cig-collectivites' },
  'cig-opening': at('portail', '/cig/collectivites/nouvelle', 'corinne'),
  'cig-opening-error': {
    status: 422,
    async reach({ page }, world) {
      await logIn(page, world, world.person('corinne'));
      await page.goto(world.url('portail', '/cig/collectivites/nouvelle'));
      await page.getByRole('checkbox', { name: 'BIP' }).check();
      await page.getByLabel('Places pour BIP').fill('beaucoup');
      await page.getByRole('button', { name: 'Ouvrir la collectivité' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'cig-statistics': at('portail', '/cig/statistiques', 'corinne'),
  'cig-statistics-of-a-part': { ...at('portail', '/cig/statistiques?genre=etablissement', 'corinne'), of: 'cig-statistics' },
  'cig-statistics-of-a-cdg': { ...at('portail', '/cig/statistiques', 'pierre'), of: 'cig-statistics' },
  'cig-import': at('portail', '/cig/collectivites/import', 'corinne'),
  'cig-import-preview': {
    async reach({ page }, world) {
      await at('portail', '/cig/collectivites/import', 'corinne').reach({ page }, world);
      const rows = ['Nom;SIRET;Type', 'Ville de Vaubân;73282932000074;Commune', 'Ailleurs;7328;Commune'];
      const file = { name: 'collectivites.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\r\n')) };
      await page.getByLabel('Fichier CSV').setInputFiles(file);
      await page.getByRole('button', { name: 'Vérifier le fichier' }).click();
      await page.waitForURL(/import\/[0-9a-f-]+$/);
    },
  },
  'cig-networks': at('portail', '/cig/reseaux', 'corinne'),
  'cig-networks-waiting': {
    of: 'cig-networks',
    async reach({ page }, world) {
      await at('portail', '/referent/reseaux', 'regine').reach({ page }, world);
      await page.getByLabel('Nom du réseau').fill('mairie');
      await page.getByLabel('Adresses publiques').fill('203.0.113.0/28');
      await page.getByRole('button', { name: 'Proposer ce réseau' }).click();
      await page.waitForURL(/fait=proposition$/);
      await page.context().clearCookies();
      await at('portail', '/cig/reseaux', 'corinne').reach({ page }, world);
    },
  },
  'referent-networks': at('portail', '/referent/reseaux', 'renee'),
  'referent-networks-error': {
    status: 422,
    async reach({ page }, world) {
      await at('portail', '/referent/reseaux', 'renee').reach({ page }, world);
      await page.getByLabel('Adresses publiques').fill('192.168.1.1');
      await page.getByRole('button', { name: 'Proposer ce réseau' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'cig-sheet': at('portail', '/cig/collectivites/fontclaire', 'corinne'),
  'cig-edit': at('portail', '/cig/collectivites/fontclaire/modifier', 'corinne'),
  'cig-designations': at('portail', '/cig/collectivites/ccas-fontclaire/designations', 'corinne'),
  'cig-designations-error': {
    status: 422,
    async reach({ page }, world) {
      await logIn(page, world, world.person('corinne'));
      await page.goto(world.url('portail', '/cig/collectivites/ccas-fontclaire/designations'));
      await page.getByRole('button', { name: 'Enregistrer la désignation' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'cig-case': { reach: ({ page }, world) => designate(page, world) },
  'cig-case-form': {
    async reach({ page }, world) {
      await designate(page, world);
      await page.getByRole('link', { name: 'Ouvrir le formulaire prérempli' }).click();
      await page.waitForURL(/\/formulaire$/);
    },
  },
  'cig-case-check': {
    of: 'cig-case',
    async reach({ page }, world) {
      await designate(page, world);
      const address = page.url();
      await page.getByLabel('Document signé').setInputFiles({
        name: 'designation.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7'),
      });
      await page.getByRole('button', { name: 'Déposer le document' }).click();
      await page.getByRole('status').waitFor();
      await page.getByRole('button', { name: 'Se déconnecter' }).click();
      await page.waitForURL(/\/deconnexion$/);
      await logIn(page, world, world.person('camille'));
      await page.goto(address);
    },
  },
  'cig-redraft': {
    async reach({ page }, world) {
      await designate(page, world);
      await page.getByRole('link', { name: 'Corriger la désignation' }).click();
      await page.waitForURL(/\/corriger$/);
    },
  },
  'cig-redraft-error': {
    of: 'cig-redraft',
    status: 422,
    async reach({ page }, world) {
      await designate(page, world);
      await page.goto(`${page.url().split('?')[0]}/corriger`);
      await page.getByLabel('Courriel du référent').fill('zoe');
      await page.getByRole('button', { name: 'Enregistrer la correction' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'cig-renewal': at('portail', '/cig/renouvellement', 'corinne'),
  'cig-support': at('portail', '/cig/collectivites/fontclaire/support', 'corinne'),
  'cig-support-shown': {
    of: 'cig-support',
    async reach({ page }, world) {
      await logIn(page, world, world.person('corinne'));
      await page.goto(world.url('portail', '/cig/collectivites/fontclaire/support'));
      await page.getByLabel('Courriel de la personne').fill(world.person('amina').login);
      await page.getByLabel('Motif').fill('appel de ce matin');
      await page.getByRole('button', { name: 'Voir ses accès' }).click();
      await page.getByRole('table').waitFor();
    },
  },
  'cig-factors': at('portail', '/cig/collectivites/fontclaire/facteurs', 'corinne'),
  'cig-factors-error': {
    status: 422,
    async reach({ page }, world) {
      await logIn(page, world, world.person('corinne'));
      await page.goto(world.url('portail', '/cig/collectivites/fontclaire/facteurs'));
      await page.getByRole('button', { name: 'Demander le retrait' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'cig-refused': { ...at('portail', '/cig', 'renee'), status: 403, of: 'referent-refused' },
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
  'bip-reference': at('bip', '/?q=L.+411-1+CGFP&list=1', 'renee'),
  'bip-synonyms': at('bip', '/?q=CLM', 'renee'),
  'bip-filtered': at('bip', '/?q=cong%C3%A9&theme=Formation&in_force=true&from=2015-01-01&sort=newest', 'renee'),
  'bip-filtered-away': at('bip', '/?q=cong%C3%A9&in_force=false&from=2030-01-01', 'renee'),
  'bip-error': at('bip', '/?q=cong%C3%A9&from=hier', 'renee'),
  'bip-beyond-the-last-page': at('bip', '/?q=t%C3%A9l%C3%A9travail&page=900', 'renee'),
  'bip-strict': { ...at('bip', '/?q=CLM&strict=1', 'renee'), of: 'bip-synonyms' },
  'bip-unheld': at('bip', '/?q=loi+2099-751', 'renee'),
  'bip-help': at('bip', '/aide', 'renee'),
  'bip-signs': at('bip', '/?q=%22longue+maladie+in*', 'renee'),
  'bip-article': at('bip', '/documents/CGFP-L822-9', 'renee'),
  'bip-news': at('bip', '/au-fil-de-la-doc', 'renee'),
  'bip-news-of-a-theme': { ...at('bip', '/au-fil-de-la-doc?theme=Formation&page=900', 'renee'), of: 'bip-news-last' },
  'bip-changes': at('bip', '/documents/sp-F489/changements', 'renee'),
  'bip-document': {
    async reach({ page }, world) {
      await logIn(page, world, world.person('renee'), world.url('bip', '/?q=t%C3%A9l%C3%A9travail'));
      await page.locator('.hit h3 a').first().click();
      await page.waitForURL(/\/documents\//);
    },
  },
  'bip-document-with-links': {
    async reach({ page }, world) {
      // A reference alone leads to its text.
      await logIn(page, world, world.person('renee'), world.url('bip'));
      await page.locator('#q').fill('L. 411-1 CGFP');
      await page.locator('#q').press('Enter');
      await page.waitForURL(/\/documents\//);
    },
  },
  'bip-not-found': { ...at('bip', '/documents/nulle-part', 'renee'), status: 404 },
  ...filled,
  ...rules,
  ...editing,
  // Last: whoever has a factor is asked for it from then on.
  'factors-none': { ...at('portail', FACTORS, 'amina'), of: 'factors' },
  'factor-add-application': at('portail', `${FACTORS}/application`, 'amina'),
  'factor-add-passkey': at('portail', `${FACTORS}/cle`, 'amina'),
  'factor-codes-form': at('portail', `${FACTORS}/codes`, 'amina'),
  'factor-wrong-password': {
    status: 422,
    async reach({ page }, world) {
      const aline = world.person('aline');
      await logIn(page, world, aline);
      await confirmFactor(page, world, { ...aline, password: 'faux' }, `${FACTORS}/cle`);
      await page.getByRole('alert').waitFor();
    },
  },
  'factor-unknown': { ...at('portail', `${FACTORS}/retrait?facteur=inconnu`, 'amina'), status: 404 },
  'factor-application': behindPassword('/application', 'amina'),
  'factor-application-wrong-code': {
    status: 422,
    async reach({ page }, world) {
      const amina = world.person('amina');
      await logIn(page, world, amina);
      await confirmFactor(page, world, amina, `${FACTORS}/application`);
      await page.getByLabel('Code à six chiffres').fill('000000');
      await page.getByRole('button', { name: 'Ajouter l’application' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'factor-passkey': behindPassword('/cle', 'amina'),
  'factors': {
    async reach(visit, world) {
      const { page } = visit;
      const aline = world.person('aline');
      await addAuthenticator(visit);
      await logIn(page, world, aline);
      await addApplication(page, world, aline);
      await confirmFactor(page, world, aline, `${FACTORS}/cle`);
      await page.getByRole('button', { name: 'Créer la clé d’accès' }).click();
      await page.waitForURL(/\?fait=ajout$/);
      await confirmFactor(page, world, aline, `${FACTORS}/codes`);
      await page.getByRole('link', { name: 'J’ai imprimé mes codes' }).click();
      await page.getByRole('link', { name: 'Remplacer mes codes de secours' }).waitFor();
    },
  },
  'second-factor': {
    async reach({ page }, world) {
      await page.goto(world.url('bip'));
      await sendLogin(page, world.person('aline'));
      // Not by a click: the focus of the page's own beginning is looked at.
      await page.locator('details').evaluate((details) => { details.open = true; });
    },
  },
  'second-factor-error': {
    status: 422,
    async reach({ page }, world) {
      await page.goto(world.url('portail'));
      await sendLogin(page, world.person('aline'));
      await page.getByLabel('Code à six chiffres').fill('000000');
      await page.getByRole('button', { name: 'Valider le code', exact: true }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  'factor-codes': {
    async reach({ page }, world) {
      const corinne = world.person('corinne');
      await logIn(page, world, corinne);
      await addApplication(page, world, corinne);
      await confirmFactor(page, world, corinne, `${FACTORS}/codes`);
      await page.locator('.codes').waitFor();
    },
  },
};
