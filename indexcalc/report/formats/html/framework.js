(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');
  var words = JSON.parse(document.getElementById('words').textContent);
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function fill(text, values) { return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; }); }

  // search: a node is shown with all above it; rows of tables by their own text
  function own(item) { return (item.tagName === 'LI' ? item.querySelector('.node') : item).textContent.toLowerCase(); }
  function seek(block) {
    var sought = block.querySelector('.search').value.trim().toLowerCase();
    var found = 0;
    all('li[data-node]', block).reverse().forEach(function (item) {
      var hit = !sought || own(item).indexOf(sought) >= 0;
      item.classList.toggle('match', Boolean(sought) && hit);
      found += hit ? 1 : 0;
      item.hidden = !hit && !item.querySelector('li[data-node]:not([hidden])');
    });
    all('section tbody tr', block).forEach(function (row) {
      if (row.closest('.node')) { return; }
      var hit = !sought || own(row).indexOf(sought) >= 0;
      row.hidden = !hit;
      row.classList.toggle('match', Boolean(sought) && hit);
    });
    block.querySelector('.status').textContent = sought ? fill(words[block.dataset.language].found, { count: found }) : '';
  }
  // the lineage of another unit, whose cells are kept as text
  function choose(block, unit) {
    var kept = block.querySelector('script.others');
    var choice = block.querySelector('select.unit');
    if (!kept || !choice) { return; }
    var lines = JSON.parse(kept.textContent)[unit];
    if (!lines) { return; }
    choice.value = unit;
    block.querySelector('.whose').textContent = lines[0];
    all('.lineage tbody tr', block).forEach(function (row, at) {
      all('td', row).forEach(function (cell, column) { cell.textContent = lines[at + 1][column]; });
    });
    seek(block);
  }
  all('[data-language]').forEach(function (block) {
    block.querySelector('.search').addEventListener('input', function () { seek(block); });
    all('select.unit', block).forEach(function (choice) {
      choice.addEventListener('input', function () { choose(block, choice.value); });
    });
    all('.open-all', block).forEach(function (button) {
      var label = words[block.dataset.language];
      button.addEventListener('click', function () {
        var open = button.textContent === label.open_all;
        all('details.set', block).forEach(function (one) { one.open = open; });
        button.textContent = open ? label.close_all : label.open_all;
      });
    });
  });
  document.addEventListener('keydown', function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === '/' && !typing) {
      event.preventDefault();
      all('.search').filter(function (one) { return one.offsetParent; })[0].focus();
    } else if (event.key === 'Escape' && document.activeElement.classList.contains('search')) {
      document.activeElement.value = '';
      seek(document.activeElement.closest('[data-language]'));
    }
  });
  all('.print').forEach(function (button) { button.addEventListener('click', function () { window.print(); }); });
  all('.language').forEach(function (button) {
    button.addEventListener('click', function () {
      all('[data-language]').forEach(function (block) { block.hidden = block.dataset.language !== button.value; });
      root.lang = button.value === 'en' ? 'en' : 'zh-CN';
    });
  });
  all('[data-language]').forEach(function (block, at) { block.hidden = at > 0; });

  // addresses: #unit=ID shows a unit's lineage
  function follow() {
    var named = /^#unit=(.+)$/.exec(location.hash);
    if (!named) { return; }
    all('[data-language]').forEach(function (block) {
      choose(block, decodeURIComponent(named[1]));
      if (!block.hidden && block.querySelector('.lineage')) { block.querySelector('.lineage').scrollIntoView(); }
    });
  }
  window.addEventListener('hashchange', follow);
  follow();
})();
