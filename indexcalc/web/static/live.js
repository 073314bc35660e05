'use strict';
// What is typed in a form is checked by the server while one types; without this script the form has a button for it.
// Text only ever becomes text: nothing that comes back is read as HTML.
(() => {
  const forms = document.querySelectorAll('form[data-live]');
  for (const form of forms) {
    const status = form.querySelector('[data-status]');
    let waiting = 0, asked = 0;
    const put = (slot, found) => {
      slot.replaceChildren();
      for (const one of found) {
        const item = document.createElement('li');
        item.className = one.severity;
        item.textContent = one.text;
        slot.append(item);
      }
      const box = slot.dataset.slot && form.elements.namedItem(slot.dataset.slot);
      if (box && box.setAttribute) {
        if (found.some((one) => one.severity === 'error')) box.setAttribute('aria-invalid', 'true');
        else box.removeAttribute('aria-invalid');
      }
    };
    const check = async () => {
      const mine = ++asked;
      status.textContent = form.dataset.checking;
      let said;
      try {
        const answer = await fetch(form.dataset.live, {method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'error'});
        said = await answer.json();
      } catch {
        if (mine === asked) status.textContent = form.dataset.failed;
        return;
      }
      if (mine !== asked) return; // something was typed meanwhile
      for (const slot of form.querySelectorAll('[data-slot]')) put(slot, said.slots[slot.dataset.slot] || []);
      for (const place of form.querySelectorAll('[data-text]')) place.textContent = (said.texts || {})[place.dataset.text] || '';
      status.textContent = said.status;
    };
    form.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(check, 500);
    });
    // a block that was copied in a spreadsheet fills as many cells
    form.addEventListener('paste', (event) => {
      const cell = /^c:(\d+):(\d+)$/.exec(event.target.name || '');
      const text = event.clipboardData.getData('text/plain').replace(/\r?\n$/, '');
      if (!cell || !/[\t\n]/.test(text)) return;
      event.preventDefault();
      text.split(/\r?\n/).forEach((line, down) => line.split('\t').forEach((value, right) => {
        const box = form.elements.namedItem(`c:${+cell[1] + down}:${+cell[2] + right}`);
        if (box) box.value = value.trim();
      }));
      form.dispatchEvent(new Event('input'));
    });
    // arrows go from cell to cell, as in a spreadsheet
    form.addEventListener('keydown', (event) => {
      const cell = /^c:(\d+):(\d+)$/.exec(event.target.name || '');
      const step = {ArrowDown: [1, 0], ArrowUp: [-1, 0], Enter: [1, 0]}[event.key];
      if (!cell || !step) return;
      const box = form.elements.namedItem(`c:${+cell[1] + step[0]}:${+cell[2] + step[1]}`);
      event.preventDefault();
      if (box) { box.focus(); box.select(); }
    });
  }
  const search = document.querySelector('input[data-filter]');
  if (search) {
    search.parentElement.hidden = false; // it does nothing without this script
    search.addEventListener('input', () => {
      const wanted = search.value.trim().toLowerCase();
      for (const row of document.querySelectorAll('[data-name]')) row.hidden = !row.dataset.name.toLowerCase().includes(wanted);
    });
  }
})();
