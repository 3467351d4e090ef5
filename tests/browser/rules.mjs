// Rules: the list, the form, a draft with who gains and who loses, a rule with its history.

import { at, mistake, press } from './ways.mjs';

const RULE = '/referent/regles/paie-net-cotisations';

/** Renée writes a rule; the page of its draft. */
async function draft(page, world, effect) {
  await at('portail', '/referent/regles/nouvelle', 'renee').reach({ page }, world);
  await page.getByLabel(effect).check();
  await page.getByLabel('Tous les agents').check();
  await page.getByLabel('Service ou rubrique').selectOption({ label: 'BIP, en entier' });
  for (const day of ['samedi', 'dimanche']) {
    await page.getByLabel(day).check();
  }
  await page.getByLabel('Hors jours fériés').check();
  await press(page, 'Enregistrer le brouillon et voir ses effets');
  await page.waitForURL(/brouillon$/);
}

const CEILING = '/cig/garde-fous/nouveau?collectivite=montrieux';

/** Corinne writes a ceiling for Montrieux; the page that says whom it hits. */
async function guardrail(page, world) {
  await at('portail', CEILING, 'corinne').reach({ page }, world);
  await page.getByLabel('Fermer un accès').check();
  await page.getByLabel('Service ou rubrique').selectOption({ label: 'BIP, en entier' });
  await page.getByLabel('dimanche').check();
  await press(page, 'Voir quelles collectivités il touche');
  await page.getByRole('heading', { name: 'Publier un garde-fou' }).waitFor();
}

async function publishGuardrail(page, world) {
  await guardrail(page, world);
  await page.getByLabel('Motif').fill('fermeture du dimanche');
  const confirm = page.getByLabel('J’ai lu quelles collectivités sont touchées');
  if (await confirm.count() > 0) await confirm.check();
  await press(page, 'Publier le garde-fou');
  await page.waitForURL(/fait=publication$/);
}

export const rules = {
  'referent-rules': at('portail', '/referent/regles', 'renee'),
  'referent-rules-none': { ...at('portail', '/referent/regles', 'regine'), of: 'referent-rules' },
  'referent-rule': at('portail', RULE, 'renee'),
  'referent-rule-new': at('portail', '/referent/regles/nouvelle', 'renee'),
  'referent-rule-new-error': mistake(
    '/referent/regles/nouvelle', 'renee', 'Enregistrer le brouillon et voir ses effets',
    { De: 'sept heures', 'À': '20:00', 'Personnes nommées': 'Nadia Inconnue', "Jusqu’au": '31/02/2027' },
  ),
  'referent-rule-edit': at('portail', `${RULE}/modifier`, 'renee'),
  'referent-rule-expert': at('portail', '/referent/regles/expert', 'renee'),
  'referent-rule-expert-error': {
    status: 422,
    async reach({ page }, world) {
      await at('portail', '/referent/regles/expert', 'renee').reach({ page }, world);
      await page.getByLabel('Texte de la règle').fill('permit (principal, action, resource) when { context.heur };');
      await press(page, 'Vérifier');
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-rule-withdrawal': at('portail', `${RULE}/retrait`, 'renee'),
  'referent-rule-withdrawal-error': mistake(`${RULE}/retrait`, 'renee', 'Retirer la règle'),
  'referent-rule-draft': { reach: ({ page }, world) => draft(page, world, 'Ouvrir un accès') },
  'referent-rule-draft-elsewhere': {
    of: 'referent-rule-draft',
    async reach({ page }, world) {
      await draft(page, world, 'Ouvrir un accès');
      await page.getByText('Voir dans d’autres circonstances').click();
      await page.getByLabel('Jour', { exact: true }).fill('02/01/2027');
      await press(page, 'Recalculer');
      await page.waitForURL(/jour=/);
    },
  },
  'referent-rule-draft-warned': {
    status: 422,
    async reach({ page }, world) {
      await draft(page, world, 'Fermer un accès');
      await page.getByLabel('Motif').fill('fermeture du week-end');
      await press(page, 'Publier la règle');
      await page.getByRole('alert').waitFor();
    },
  },
  'referent-rules-drafted': { ...at('portail', '/referent/regles', 'renee'), of: 'referent-rules' },
  'referent-rules-published': {
    of: 'referent-rules',
    async reach({ page }, world) {
      await draft(page, world, 'Ouvrir un accès');
      await page.getByLabel('Motif').fill('permanence du week-end');
      await press(page, 'Publier la règle');
      await page.waitForURL(/fait=publication$/);
    },
  },
  'referent-ask-why': at('portail', '/referent/pourquoi', 'renee'),
  'referent-ask-why-error': { ...at('portail', '/referent/pourquoi?agent=Nadia+Inconnue&adresse=ailleurs.example', 'renee'), status: 422 },
  'referent-past': at('portail', '/referent/droits/passe', 'renee'),
  'referent-past-unknown': { ...at('portail', '/referent/droits/passe?jour=02/01/2020&heure=10:00', 'renee'), of: 'referent-past' },
  'referent-past-error': { ...at('portail', '/referent/droits/passe?jour=hier&heure=10:00', 'renee'), status: 422 },
  'referent-why-later': {
    async reach({ page }, world) {
      await at('portail', '/referent/pourquoi', 'renee').reach({ page }, world);
      await page.getByLabel('Agent').fill('Alain Garnier');
      await page.getByLabel('Adresse de la page').fill('Net Cotisations');
      await press(page, 'Expliquer');
      await page.getByText('À un autre moment').click();
      await page.getByLabel('Jour', { exact: true }).fill('02/01/2040');
      await page.getByLabel('Heure').fill('10:00');
      await press(page, 'Expliquer');
      await page.waitForURL(/jour=/);
    },
  },
  'cig-guardrails': at('portail', '/cig/garde-fous', 'corinne'),
  'cig-guardrails-of-a-cdg': { ...at('portail', '/cig/garde-fous', 'pierre'), of: 'cig-guardrails' },
  'cig-guardrail-new': at('portail', CEILING, 'corinne'),
  'cig-guardrail-new-error': mistake(CEILING, 'corinne', 'Voir quelles collectivités il touche', { De: 'tard' }),
  'cig-guardrail-preview': { reach: ({ page }, world) => guardrail(page, world) },
  'cig-guardrail-preview-error': {
    status: 422,
    async reach({ page }, world) {
      await guardrail(page, world);
      await press(page, 'Publier le garde-fou');
      await page.getByRole('alert').waitFor();
    },
  },
  'cig-guardrails-published': { of: 'cig-guardrails', reach: ({ page }, world) => publishGuardrail(page, world) },
  'cig-guardrail': {
    async reach({ page }, world) {
      await publishGuardrail(page, world);
      await page.getByRole('link', { name: 'Voir, modifier ou retirer' }).first().click();
      await page.waitForURL(/garde-fous\/[0-9a-f-]+$/);
    },
  },
  'cig-guardrail-withdrawal': {
    async reach({ page }, world) {
      await publishGuardrail(page, world);
      await page.getByRole('link', { name: 'Voir, modifier ou retirer' }).first().click();
      await page.getByRole('link', { name: 'Retirer ce garde-fou' }).click();
      await page.waitForURL(/retrait$/);
    },
  },
};
