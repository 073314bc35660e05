'use strict';
// Headings of tables become buttons that sort; without this script they are headings.
(() => {
  const status = document.querySelector('[data-sorted]');
  for (const table of document.querySelectorAll('table[data-sorts]')) {
    const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
    heads.forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const down = head.getAttribute('aria-sort') === 'ascending';
        heads.forEach((other) => other.removeAttribute('aria-sort'));
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const body = table.tBodies[0];
        body.append(...rowsInOrder([...body.rows], column, down, document.documentElement.lang));
        status.textContent = status.dataset[down ? 'down' : 'up'].replace('{column}', button.textContent.trim());
      });
    });
  }
})();
