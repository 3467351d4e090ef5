// Keeps what is typed in the form of a document, in this tab only: a session that ends or a page that is left
// by mistake loses nothing. The page works without it.
(() => {
  const forget = (key) => sessionStorage.removeItem(`texte ${key}`);
  const shown = document.querySelector('[data-saved]');
  if (shown) {
    forget(shown.dataset.saved);
    forget('/redaction/nouveau?kind=fiche');
    forget('/redaction/nouveau?kind=actualite');
  }
  const form = document.querySelector('form[data-keep]');
  if (!form) return;
  const key = `texte ${form.getAttribute('action')}`;
  const typed = () => JSON.stringify(
    [...new FormData(form)].filter(([name]) => name !== 'base' && name !== 'revision'),
  );
  const before = typed();
  form.addEventListener('input', () => {
    try {
      sessionStorage.setItem(key, typed());
    } catch {
      // Full or forbidden: the page works without.
    }
  });

  const kept = sessionStorage.getItem(key);
  const notice = document.getElementById('retrouve');
  if (!kept || kept === before || !notice) return;
  const resume = () => {
    const fields = JSON.parse(kept);
    for (const field of form.elements) {
      if (!field.name || field.type === 'hidden') continue;
      const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(field.value);
      else [field.value] = values.length ? values : [''];
    }
    notice.hidden = true;
    document.getElementById('title').focus();
  };
  notice.querySelector('[data-resume]').addEventListener('click', resume);
  notice.querySelector('[data-forget]').addEventListener('click', () => {
    sessionStorage.removeItem(key);
    notice.hidden = true;
  });
  notice.hidden = false;
})();
