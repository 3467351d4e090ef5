// Pages of the consoles with something on them, and what they say of mistakes and of what was done.

import { logIn } from './world.mjs';
import { agent, at, designate, mistake, press } from './ways.mjs';

/** Somebody else goes on in the same browser. */
async function change(page, world, name, path) {
  await page.context().clearCookies();
  await at('portail', path, name).reach({ page }, world);
}

/** A name that nobody has. */
const onceOnly = () => `Lambert${[...`${Date.now()}`].map((digit) => 'abcdefghij'[digit]).join('')}`;

/** Renée adds somebody with an address that is wrong by a letter. */
async function misdirect(page, world) {
  await at('portail', '/referent/agents/nouveau', 'renee').reach({ page }, world);
  const name = onceOnly();
  await page.getByLabel('Prénom').fill('Yves');
  await page.getByLabel('Nom', { exact: true }).fill(name);
  await page.getByLabel(/Adresse électronique|Courriel/).first().fill(`yves.${name}@fontclare.example`);
  await press(page, /^Ajouter et envoyer/);
  await page.waitForURL(/agents\/[0-9a-f-]+\?fait=invite$/);
}

/** A service of Fontclaire's own, and its page. */
async function group(page, world, name) {
  await at('portail', '/referent/services', 'renee').reach({ page }, world);
  if (!(await page.getByRole('link', { name: `Renommer ou supprimer ${name}` }).count())) {
    await page.getByLabel('Nom du service').fill(name);
    await press(page, 'Créer le service');
    await page.waitForURL(/fait=creation$/);
  }
  await page.getByRole('link', { name: `Renommer ou supprimer ${name}` }).click();
  await page.waitForLoadState();
}

/** Somebody asks for a service and says why. */
async function ask(page, world, name, service) {
  await change(page, world, name, `/demande?service=${service}`);
  await page.getByLabel('Pourquoi').fill('pour préparer la paie');
  await press(page, 'Envoyer la demande');
  await page.waitForURL(/fait=demande/);
}

/** Renée, who is alone, asks for herself and has her line in a review. */
async function sole(page, world) {
  await ask(page, world, 'renee', 'net-cotisations');
  await page.goto(world.url('portail', '/referent/revues'));
  const opening = page.getByRole('button', { name: 'Ouvrir la revue' });
  if (await opening.count()) await opening.click();
  await page.waitForLoadState();
  await change(page, world, 'corinne', '/cig/demandes');
}

/** Uploads a file of agents and looks at it. */
async function look(page, world, rows) {
  await at('portail', '/referent/import', 'renee').reach({ page }, world);
  const file = { name: 'agents.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\r\n')) };
  await page.getByLabel('Fichier CSV').setInputFiles(file);
  await press(page, 'Vérifier le fichier');
  await page.waitForLoadState();
}

/** Régine takes Aline on: the link of the letter to her. */
async function propose(page, world) {
  await change(page, world, 'regine', '/referent/agents/nouveau');
  await page.getByLabel('Prénom').fill('Aline');
  await page.getByLabel('Nom', { exact: true }).fill('Petit');
  await page.getByLabel(/Adresse électronique|Courriel/).first().fill(world.person('aline').login);
  await press(page, /^Ajouter et envoyer/);
  await page.waitForURL(/fait=invite$/);
}

/** The page that the letter to Aline leads to. */
async function openProposal(page, world) {
  await page.context().clearCookies();
  const link = page.locator('a[href*="/invitation/montrieux/"]').last();
  for (let tries = 0; tries < 40; tries += 1) {
    await page.goto(world.url('courrier'));
    const letter = page.getByRole('link', { name: /rattachement/ });
    if (await letter.count()) {
      await letter.first().click();
      await page.waitForLoadState();
    }
    if (await link.count()) break;
    await page.waitForTimeout(250);
  }
  await page.goto(await link.getAttribute('href'));
}

export const filled = {
  'referent-agent-invited': { reach: ({ page }, world) => misdirect(page, world) },
  'referent-agent-address-error': {
    status: 422,
    async reach({ page }, world) {
      await misdirect(page, world);
      await page.getByLabel('Bonne adresse électronique').fill('yves');
      await press(page, 'Corriger l’adresse et inviter');
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-agent-deleted': {
    of: 'referent-agent-invited',
    async reach({ page }, world) {
      await misdirect(page, world);
      await press(page, /^Supprimer Yves/);
      await page.waitForURL(/fait=delete$/);
    },
  },
  'referent-agent-date-error': {
    status: 422,
    async reach({ page }, world) {
      await agent('Petit Aline')({ page }, world);
      await page.getByLabel('Dernier jour dans la collectivité').fill('hier');
      await press(page, 'Noter le départ d’Aline Petit');
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-record-error': {
    status: 422,
    async reach({ page }, world) {
      await agent('Petit Aline', 'Modifier sa fiche')({ page }, world);
      await page.getByLabel('Prénom').fill('1234');
      await press(page, 'Vérifier et enregistrer');
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-agents-ticked': { ...at('portail', '/referent/agents?coches=toutes', 'renee'), of: 'referent-agents' },
  'referent-groups-error': mistake('/referent/services', 'renee', 'Créer le service'),
  'referent-group': { reach: ({ page }, world) => group(page, world, 'Archives') },
  'referent-group-error': {
    status: 422,
    async reach({ page }, world) {
      await group(page, world, 'Archives');
      await page.getByLabel('Nom du service').fill('!');
      await press(page, 'Renommer');
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-group-gone': {
    of: 'referent-groups',
    async reach({ page }, world) {
      await group(page, world, 'Vacant');
      await press(page, 'Supprimer le service');
      await page.waitForURL(/fait=suppression$/);
    },
  },
  'referent-profiles-error': mistake('/referent/profils', 'renee', 'Créer le profil'),
  'referent-profile': {
    async reach({ page }, world) {
      await at('portail', '/referent/profils', 'renee').reach({ page }, world);
      const link = page.locator('main th a', { hasText: 'Gestion' });
      if (!(await link.count())) {
        await page.getByLabel('Nom du profil').fill('Gestion');
        await press(page, 'Créer le profil');
        await page.waitForURL(/fait=ajout$/);
      }
      await link.first().click();
      await page.waitForURL(/profils\/[0-9a-f-]+$/);
    },
  },
  'referent-journal-error': { ...at('portail', '/referent/journal?du=hier', 'renee'), status: 422 },
  'referent-journal-none': { ...at('portail', '/referent/journal?du=01/01/2001&au=02/01/2001', 'renee'), of: 'referent-journal' },
  'referent-journal-of-somebody': {
    of: 'referent-journal',
    reach: (visit, world) => agent('Petit Aline', 'Ce que le journal dit')(visit, world),
  },
  'referent-import-error': {
    status: 422,
    async reach({ page }, world) {
      await look(page, world, ['Rien']);
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-import-report': {
    async reach({ page }, world) {
      await look(page, world, ['Prénom;Nom;Courriel', `Zoé;Durand;zoe.${Date.now()}@fontclaire.example`, 'Zoé;;zoe']);
      await press(page, /^Importer 1 agent/);
      await page.waitForLoadState();
    },
  },
  'request-sent': {
    of: 'services',
    reach: ({ page }, world) => ask(page, world, 'aline', 'bip'),
  },
  'referent-requests-waiting': { ...at('portail', '/referent/demandes', 'renee'), of: 'referent-requests' },
  'referent-requests-error': mistake('/referent/demandes', 'renee', 'Refuser'),
  'referent-networks-listed': {
    of: 'referent-networks',
    async reach({ page }, world) {
      await at('portail', '/referent/reseaux', 'renee').reach({ page }, world);
      await page.getByLabel('Nom du réseau').fill(`annexe ${Date.now()}`);
      await page.getByLabel('Adresses publiques').last().fill('198.51.100.0/28');
      await press(page, 'Proposer ce réseau');
      await page.waitForURL(/fait=proposition$/);
    },
  },
  'proposal': {
    async reach({ page }, world) {
      await propose(page, world);
      await openProposal(page, world);
    },
  },
  'proposal-answered': {
    async reach({ page }, world) {
      await openProposal(page, world);
      await press(page, 'Refuser');
      await page.waitForLoadState();
    },
  },
  'proposal-unknown': { ...at('portail', '/invitation/fontclaire/inconnu/inconnu'), of: 'proposal-replaced', status: 404 },
  'cig-requests': at('portail', '/cig/demandes', 'corinne'),
  'cig-requests-waiting': { of: 'cig-requests', reach: ({ page }, world) => sole(page, world) },
  'cig-requests-error': mistake('/cig/demandes', 'corinne', 'Refuser'),
  'cig-todo-full': { ...at('portail', '/cig', 'corinne'), of: 'cig-todo' },
  'cig-factors-of-colleagues': at('portail', '/cig/collectivites/cig/facteurs', 'corinne'),
  'cig-edit-error': mistake('/cig/collectivites/fontclaire/modifier', 'corinne', 'Enregistrer les changements', { Nom: '' }),
  'cig-support-error': mistake('/cig/collectivites/fontclaire/support', 'corinne', 'Voir ses accès'),
  'cig-renewal-error': mistake('/cig/renouvellement', 'corinne', 'Demander le renouvellement'),
  'cig-import-error': {
    status: 422,
    async reach({ page }, world) {
      await at('portail', '/cig/collectivites/import', 'corinne').reach({ page }, world);
      const file = { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('Rien') };
      await page.getByLabel('Fichier CSV').setInputFiles(file);
      await press(page, 'Vérifier le fichier');
      await page.getByRole('alert').waitFor();
    },
  },
  'cig-import-report': {
    async reach({ page }, world) {
      await at('portail', '/cig/collectivites/import', 'corinne').reach({ page }, world);
      const rows = ['Nom;SIRET;Type', 'Ville de Vaubân;73282932000074;Collectivité'];
      const file = { name: 'c.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\r\n')) };
      await page.getByLabel('Fichier CSV').setInputFiles(file);
      await press(page, 'Vérifier le fichier');
      await page.waitForURL(/import\/[0-9a-f-]+$/);
      await press(page, /^Importer 1 collectivité/);
      await page.waitForLoadState();
    },
  },
  'cig-case-abandoned': {
    of: 'cig-case',
    async reach({ page }, world) {
      await designate(page, world);
      await page.getByRole('checkbox').check();
      await press(page, 'Abandonner le dossier');
      await page.waitForLoadState();
    },
  },
  'cig-sheet-unconfirmed': {
    status: 422,
    async reach({ page }, world) {
      await logIn(page, world, world.person('corinne'));
      await page.goto(world.url('portail', '/cig/collectivites/ccas-fontclaire'));
      await page.getByRole('checkbox').evaluate((box) => box.removeAttribute('required'));
      await press(page, /^Fermer/);
      await page.waitForLoadState();
    },
  },
};
