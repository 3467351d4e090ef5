// Keeps what is typed in the form of a document, in this tab only: a session that ends or a page that is left
// by mistake loses nothing. The page works without it.
(() => {
  // Of this person only: what somebody else left in the tab is forgotten.
  const person = document.querySelector('.who').textContent.trim().replace(/\s+/g, ' ');
  const name = (action) => `texte ${person} ${action}`;
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith('texte ') && !key.startsWith(name(''))) sessionStorage.removeItem(key);
  }
  const saved = document.querySelector('[data-saved]');
  if (saved) {
    sessionStorage.removeItem(name(saved.dataset.saved));
    // Once: who comes back to this page later may have begun another text.
    history.replaceState(null, '', location.pathname);
  }
  const form = document.querySelector('form[data-keep]');
  if (!form) return;
  const key = name(form.getAttribute('action'));
  const hidden = ['base', 'revision', 'updated'];
  const typed = () => JSON.stringify(
    [...new FormData(form)].filter(([name]) => !hidden.includes(name)),
  );
  const before = typed();
  const kept = sessionStorage.getItem(key);
  const notice = document.getElementById('retrouve');
  const keep = () => {
    // What was found again is kept until it is taken up or forgotten.
    if (!notice.hidden) return;
    try {
      sessionStorage.setItem(key, typed());
    } catch {
      // Full or forbidden: the page works without.
    }
  };
  form.addEventListener('input', keep);
  if (!kept || kept === before) return;
  const resume = () => {
    const fields = JSON.parse(kept);
    for (const field of form.elements) {
      if (!field.name || field.type === 'hidden') continue;
      const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === 'checkbox' || field.type === 'radio') field.checked = values.includes(field.value);
      else [field.value] = values.length ? values : [''];
    }
    notice.hidden = true;
    keep();
    document.getElementById('title').focus();
  };
  notice.querySelector('[data-resume]').addEventListener('click', resume);
  notice.querySelector('[data-forget]').addEventListener('click', () => {
    sessionStorage.removeItem(key);
    notice.hidden = true;
    keep();
  });
  notice.hidden = false;
})();
