(function () {
  'use strict';
  var root = document.documentElement;
  var words = JSON.parse(document.getElementById('words').textContent);
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function fill(text, values) { return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; }); }
  function say(near, text) {
    var block = near.closest('[data-language]');
    block.querySelector('.status').textContent = text;
  }
  function spoken(near) { return words[near.closest('[data-language]').dataset.language]; }

  // tables: sorting, pages of rows
  function sort(table, column, button) {
    var head = button.closest('th');
    var down = head.getAttribute('aria-sort') === 'ascending';
    all('th[aria-sort]', table).forEach(function (other) { other.removeAttribute('aria-sort'); });
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    var bodies = all('tbody.rows', table);
    var rows = [];
    bodies.forEach(function (body) { rows = rows.concat(all('tr:not(.more)', body)); });
    all('tr.more', table).forEach(function (row) { row.remove(); });
    var size = bodies.length > 1 ? bodies[0].children.length : rows.length;
    rowsInOrder(rows, column, down, root.lang).forEach(function (row, at) { bodies[Math.floor(at / size)].appendChild(row); });
    show(table, 0);
    say(table, fill(down ? spoken(table).sorted_down : spoken(table).sorted_up, { column: button.textContent.trim() }));
  }
  function show(table, page) {
    var bodies = all('tbody.rows', table);
    var last = Math.max(0, Math.min(page, bodies.length - 1));
    bodies.forEach(function (body, at) { body.classList.toggle('later', at !== last); });
    table.dataset.page = last;
    var pager = table.closest('.paged');
    if (!pager) { return; }
    var size = bodies[0].children.length;
    var rows = all('tbody.rows > tr', table).length;
    pager.querySelector('.where').textContent = fill(spoken(table).rows_of, { first: last * size + 1, last: Math.min((last + 1) * size, rows), all: rows });
  }
  all('table').forEach(function (table) {
    show(table, 0);
    all('thead tr:last-child th button', table).forEach(function (button) {
      var head = button.closest('th');
      button.addEventListener('click', function () { sort(table, Array.prototype.indexOf.call(head.parentNode.children, head), button); });
    });
  });
  all('.pager button').forEach(function (button) {
    button.addEventListener('click', function () {
      var table = button.closest('.paged').querySelector('table');
      show(table, Number(table.dataset.page) + Number(button.dataset.step));
    });
  });

  // search, groups, levels of warnings; what rows say is read once, but for the rows whose weights are moved
  var texts = new Map();
  function said(row) {
    var text = '';
    for (var cell = row.firstElementChild; cell; cell = cell.nextElementSibling) { text += cell.textContent + '\n'; }
    return text.toLowerCase();
  }
  function lines(block) {
    if (!texts.has(block)) {
      texts.set(block, all('table', block).map(function (table) {
        var moves = table.closest('.what-if'), rows = all('tr[data-unit], tr[data-level]', table);
        return {
          table: table,
          byUnit: table.classList.contains('by-unit'),
          printed: table.closest('.printed'),
          rows: rows.map(function (row) {
            return {
              row: row,
              text: moves ? null : said(row),
              group: row.dataset.group,
              level: row.dataset.level,
              match: row.classList.contains('match')
            };
          })
        };
      }));
    }
    return texts.get(block);
  }
  function filter(block) {
    var sought = block.querySelector('.search').value.trim().toLowerCase();
    var group = block.querySelector('.group');
    var level = block.querySelector('.level');
    var found = 0;
    lines(block).forEach(function (part) {
      var table = part.table;
      part.rows.forEach(function (line) {
        var row = line.row, text = line.text === null ? said(row) : line.text;
        var hit = !sought || text.indexOf(sought) >= 0, match = Boolean(sought) && hit;
        var shown = (hit || !part.byUnit) &&
          (!group || !group.value || !line.group || line.group === group.value) &&
          (!level || !level.value || !line.level || line.level === level.value);
        if (row.hidden === shown) { row.hidden = !shown; }
        if (line.match !== match) { line.match = row.classList.toggle('match', match); }
        if (match && shown && !part.printed) {
          found += 1;
          var body = row.closest('tbody');
          if (found === 1 && body.classList.contains('later')) { show(table, all('tbody.rows', table).indexOf(body)); }
        }
      });
    });
    all('details.card', block).forEach(function (card) { if (sought && card.dataset.name.toLowerCase() === sought) { card.open = true; } });
    block.querySelector('.status').textContent = sought ? fill(words[block.dataset.language].found, { count: found }) : '';
  }
  all('[data-language]').forEach(function (block) {
    all('.search, .group, .level', block).forEach(function (control) {
      control.addEventListener('focus', function () { lines(block); });
      control.addEventListener('input', function () { filter(block); });
    });
  });
  document.addEventListener('keydown', function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === '/' && !typing) {
      event.preventDefault();
      all('.search').filter(function (one) { return one.offsetParent; })[0].focus();
    } else if (event.key === 'Escape' && document.activeElement.classList.contains('search')) {
      document.activeElement.value = '';
      filter(document.activeElement.closest('[data-language]'));
    }
  });

  // the heat table: what it shows, and arrow keys from cell to cell
  all('.heat-shows').forEach(function (choice) {
    choice.addEventListener('input', function () {
      texts.clear();
      all('table.heat', choice.closest('section')).forEach(function (table) {
        table.classList.toggle('d', choice.value === 'd');
        all('td', table).forEach(function (cell) {
          if (cell.dataset.s === undefined) { return; }
          cell.textContent = cell.dataset[choice.value];
          cell.className = choice.value === 'd' ? 'd' + cell.dataset.dc : 'h' + cell.dataset.sc;
        });
      });
    });
  });
  all('table.heat').forEach(function (table) {
    var first = table.querySelector('tbody td');
    if (!first) { return; }
    first.tabIndex = 0;
    table.addEventListener('keydown', function (event) {
      var step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      var cell = event.target.closest('td');
      if (!step || !cell) { return; }
      var row = cell.parentNode;
      if (step[0]) { row = step[0] > 0 ? row.nextElementSibling : row.previousElementSibling; }
      var next = row && row.children[cell.cellIndex + step[1]];
      if (!next || next.tagName !== 'TD') { return; }
      event.preventDefault();
      cell.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  });

  // units that are highlighted everywhere
  var colours = ['#c62828', '#1558b0', '#7a6000', '#2e6b52', '#7858c9'];
  function pins() { return all('.pin:checked').filter(function (one) { return one.offsetParent; }); }
  function highlight() {
    var chosen = pins().map(function (one) { return one.value; });
    all('tr[data-unit]').forEach(function (row) { row.classList.toggle('pinned', chosen.indexOf(row.dataset.unit) >= 0); });
    all('.ranks svg g[data-unit]').forEach(function (line) {
      var at = chosen.indexOf(line.dataset.unit);
      all('path', line).forEach(function (path) {
        path.setAttribute('stroke', at < 0 ? '#8c8c8c' : colours[at]);
        path.setAttribute('stroke-width', at < 0 ? 1.5 : 3);
      });
      if (at >= 0) { line.parentNode.appendChild(line); }
    });
  }
  all('.pin').forEach(function (box) {
    box.addEventListener('change', function () {
      if (box.checked && pins().length > 5) {
        box.checked = false;
        say(box, spoken(box).pinned_at_most);
      }
      highlight();
    });
  });

  if (all('.pin:checked').length) { highlight(); }

  // what a narrow screen leaves out of a row is below it after a tap
  all('table.narrow').forEach(function (table) {
    table.addEventListener('click', function (event) {
      var row = event.target.closest('tbody.rows tr');
      if (!row || event.target.closest('a, input, button') || !window.matchMedia('(max-width: 640px)').matches) { return; }
      if (row.nextElementSibling && row.nextElementSibling.classList.contains('more')) { row.nextElementSibling.remove(); return; }
      var more = document.createElement('tr');
      var cell = document.createElement('td');
      var list = document.createElement('dl');
      more.className = 'more';
      list.className = 'more';
      cell.colSpan = row.children.length;
      var heads = all('thead tr:last-child th', table);
      all('td.aside', row).forEach(function (one) {
        var name = document.createElement('dt');
        var text = document.createElement('dd');
        name.textContent = heads[one.cellIndex].textContent;
        text.textContent = one.textContent;
        list.appendChild(name);
        list.appendChild(text);
      });
      cell.appendChild(list);
      more.appendChild(cell);
      row.parentNode.insertBefore(more, row.nextElementSibling);
    });
  });

  // addresses: #unit=ID opens a scorecard
  function follow() {
    var named = /^#unit=(.+)$/.exec(location.hash);
    if (!named) { return; }
    var wanted = decodeURIComponent(named[1]);
    var card = all('details.card').filter(function (one) { return one.dataset.unit === wanted && one.offsetParent; })[0];
    if (card) {
      card.open = true;
      card.scrollIntoView();
      card.querySelector('summary').focus();
    }
  }
  window.addEventListener('hashchange', follow);
  // a part of which everything is folded up is not printed
  window.addEventListener('beforeprint', function () {
    all('main > section').forEach(function (section) {
      var folds = all('details', section), shown = all('table, svg, ul', section).some(function (one) { return !one.closest('details:not([open])'); });
      section.classList.toggle('unprinted', folds.length > 0 && !shown);
    });
  });
  all('.print').forEach(function (button) { button.addEventListener('click', function () { window.print(); }); });
  all('.language').forEach(function (button) {
    button.addEventListener('click', function () {
      all('[data-language]').forEach(function (block) { block.hidden = block.dataset.language !== button.value; });
      root.lang = button.value === 'en' ? 'en' : 'zh-CN';
    });
  });
  all('[data-language]').forEach(function (block, at) { block.hidden = at > 0; });
  follow();
})();
