// Asks the device for a passkey, or for a signature with one, and posts its answer with the form.
'use strict';

const decode = (text) => {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
};

const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

/** The options, with bytes where JSON has text. */
function withBytes({ publicKey }) {
  publicKey.challenge = decode(publicKey.challenge);
  if (publicKey.user) publicKey.user.id = decode(publicKey.user.id);
  const named = [...(publicKey.excludeCredentials ?? []), ...(publicKey.allowCredentials ?? [])];
  for (const credential of named) credential.id = decode(credential.id);
  return { publicKey };
}

/** The device's answer, with text where it has bytes. */
function asText({ id, rawId, type, response }) {
  const made = response.attestationObject !== undefined;
  const answer = { clientDataJSON: encode(response.clientDataJSON) };
  if (made) {
    answer.attestationObject = encode(response.attestationObject);
  } else {
    answer.authenticatorData = encode(response.authenticatorData);
    answer.signature = encode(response.signature);
    answer.userHandle = response.userHandle ? encode(response.userHandle) : null;
  }
  return JSON.stringify({ id, rawId: encode(rawId), type, response: answer });
}

async function ask(form) {
  const options = withBytes(JSON.parse(form.dataset.options));
  const credential =
    form.dataset.passkey === 'create'
      ? await navigator.credentials.create(options)
      : await navigator.credentials.get(options);
  form.elements.namedItem('reponse').value = asText(credential);
  form.submit();
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const status = form.querySelector('[role="status"]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!window.PublicKeyCredential) {
      status.textContent = 'Ce navigateur ne connaît pas les clés d’accès. Utilisez un autre second facteur, ou un navigateur plus récent.';
      return;
    }
    status.textContent = 'Suivez les indications de votre navigateur ou de votre appareil.';
    try {
      await ask(form);
    } catch (error) {
      status.textContent =
        error.name === 'InvalidStateError'
          ? 'Cette clé d’accès est déjà enregistrée pour votre compte.'
          : 'L’opération a été annulée, ou l’appareil n’a pas répondu. Vous pouvez recommencer.';
    }
  });
}
