// Weights that a reader moves: sliders whose siblings share the rest, the ranking made anew, the state in the address, a patch to keep.
(function () {
  'use strict';
  var WHOLE = 10000, MOST_ROWS = 300, FIRST_ROWS = 100;
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function make(name, parent, text, attributes) {
    var made = document.createElement(name);
    if (text !== undefined && text !== null) { made.textContent = text; }
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    parent.appendChild(made);
    return made;
  }
  function fill(text, values) { return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; }); }

  // whole ten-thousandths in proportion to some weights, by the largest remainder
  function shared(weights, whole) {
    var total = weights.reduce(function (sum, one) { return sum + one; }, 0);
    var exact = weights.map(function (one) { return total > 0 ? one / total * whole : whole / weights.length; });
    var parts = exact.map(Math.floor);
    var left = whole - parts.reduce(function (sum, one) { return sum + one; }, 0);
    exact.map(function (one, i) { return { i: i, rest: one - parts[i] }; })
      .sort(function (one, other) { return other.rest - one.rest || one.i - other.i; })
      .slice(0, left).forEach(function (one) { parts[one.i] += 1; });
    return parts;
  }
  // a child set to a value, the others sharing the rest as they stood when the control was taken; locked ones stay
  function moved(taken, at, value, locked) {
    var kept = 0, free = [];
    taken.forEach(function (one, i) { if (i !== at) { if (locked[i]) { kept += one; } else { free.push(i); } } });
    var most = free.length ? WHOLE - kept : taken[at];
    var own = Math.max(0, Math.min(value, most));
    if (!free.length) { own = taken[at]; }
    var rest = shared(free.map(function (i) { return taken[i]; }), WHOLE - kept - own);
    var out = taken.slice();
    out[at] = own;
    free.forEach(function (i, k) { out[i] = rest[k]; });
    return out;
  }

  function start(section) {
    var language = section.closest('[data-language]').dataset.language;
    var data = JSON.parse(section.querySelector('script[type="application/json"]').textContent);
    var words = JSON.parse(document.getElementById('words').textContent)[language];
    var nodes = {}, state = {}, locks = {}, waiting = false, taken = null;
    data.nodes.forEach(function (node) { nodes[node.id] = node; });
    var every = data.bottom.concat(data.nodes);
    var controls = section.querySelector('.controls'), body = section.querySelector('tbody'), status = section.querySelector('.what-if-status');
    var mark = section.querySelector('.trial');

    function parts(node) { return state[node.id] || shared(node.weights, WHOLE); }
    function weights() {
      var out = {};
      Object.keys(state).forEach(function (id) { out[id] = told(nodes[id], state[id]); });
      return out;
    }
    // shares as weights that add up to what those of the node do
    function told(node, parts) { return parts.map(function (one) { return one * node.total / WHOLE; }); }
    function percent(one) { return (one / 100).toFixed(2); }
    function number(x) { return x === null || x !== x ? '–' : whatIf.rounded(x, data.decimals, 'nearest').toFixed(data.decimals); }

    // the ranking
    // of many units the first are shown: to lay all out anew would take longer than a frame
    var rows = data.units.slice(0, data.units.length > MOST_ROWS ? FIRST_ROWS : MOST_ROWS).map(function () {
      var row = make('tr', body);
      make('th', row, '', { scope: 'row' });
      return ['score', 'rank', 'published', 'change', 'difference'].map(function () { return make('td', row, '', { 'class': 'n' }); });
    });
    function draw() {
      waiting = false;
      var result = whatIf.score(data, weights()), scores = result.scores[result.scores.length - 1], changed = 0, largest = 0;
      var order = data.units.map(function (unit, i) { return i; });
      order.sort(function (one, other) { return (result.ranks[one] || Infinity) - (result.ranks[other] || Infinity) || one - other; });
      order.forEach(function (i, place) {
        var cells = rows[place], before = data.published.ranks[i], now = result.ranks[i];
        var move = before === null || now === null ? null : before - now;
        if (move) { changed += 1; largest = Math.max(largest, Math.abs(move)); }
        if (!cells) { return; }
        cells[0].parentNode.dataset.unit = data.units[i];
        cells[0].parentNode.firstChild.textContent = data.names[i];
        cells[0].textContent = number(scores[i]);
        cells[1].textContent = now === null ? '–' : String(now);
        cells[2].textContent = before === null ? '–' : String(before);
        cells[3].textContent = move === null ? '–' : move > 0 ? '↑' + move : move < 0 ? '↓' + -move : words.unmoved;
        var difference = scores[i] === null || data.published.scores[i] === null ? null : scores[i] - data.published.scores[i];
        var shown = number(difference);
        cells[4].textContent = difference > 0 && Number(shown) > 0 ? '+' + shown : shown;
      });
      mark.hidden = !Object.keys(state).length;
      status.dataset.said = changed ? fill(words.ranks_move, { count: changed, most: largest }) : words.no_rank_moves;
      return result;
    }
    function redraw() {
      if (!waiting) {
        waiting = true;
        requestAnimationFrame(draw);
      }
    }
    function settle() {
      draw();
      status.textContent = status.dataset.said;
      keep();
    }

    // the address
    function keep() {
      var changed = [];
      Object.keys(state).forEach(function (id) {
        state[id].forEach(function (one, i) { changed.push(encodeURIComponent(every[nodes[id].children[i]].id) + ':' + one); });
      });
      var hash = changed.length ? '#w=' + changed.join(',') + '&k=' + data.digest : '#' + section.id;
      if (hash.length > 1800) {
        status.textContent = words.link_too_long;
        return;
      }
      history.replaceState(null, '', hash);
    }
    function read() {
      var found = /^#w=([^&]*)&k=(\w+)$/.exec(location.hash);
      if (!found) { return; }
      if (found[2] !== data.digest) {
        status.textContent = words.other_data;
        return;
      }
      var given = {}, right = true;
      found[1].split(',').forEach(function (one) {
        var pair = one.split(':');
        try { given[decodeURIComponent(pair[0])] = Number(pair[1]); } catch (error) { right = false; }
      });
      var made = {};
      data.nodes.filter(function (node) { return node.free; }).forEach(function (node) {
        var own = node.children.map(function (child) { return given[every[child].id]; });
        if (own.every(function (one) { return one === undefined; })) { return; }
        node.children.forEach(function (child) { delete given[every[child].id]; });
        var sum = own.reduce(function (total, one) { return total + one; }, 0);
        if (sum !== WHOLE || own.some(function (one) { return !(one >= 0) || one % 1; })) { right = false; }
        made[node.id] = own;
      });
      if (!right || Object.keys(given).length) {
        status.textContent = words.bad_link;
        return;
      }
      state = made;
      show();
      section.scrollIntoView();
    }

    // the controls
    var shows = [], ranges = new Map();
    var near = new IntersectionObserver(function (seen) {
      seen.forEach(function (one) {
        if (!one.isIntersecting) { return; }
        near.unobserve(one.target);
        ranges.get(one.target)();
      });
    }, { rootMargin: '200px' });
    function show() { shows.forEach(function (one) { one(); }); settle(); }
    data.reading.forEach(function (place) {
      var node = every[place];
      if (!node.free) { return; }
      var details = make('details', controls, null, node === data.nodes[data.nodes.length - 1] ? { open: '' } : {});
      make('summary', details, node.title);
      var field = make('fieldset', details);
      make('legend', field, fill(words.sum_is, { sum: '100.00%' }));
      var published = shared(node.weights, WHOLE);
      locks[node.id] = node.children.map(function () { return false; });
      node.children.forEach(function (child, i) {
        var title = every[child].title, line = make('div', field, null, { 'class': 'weight' });
        make('span', line, title, { 'class': 'weight-name' });
        var slider = make('input', line, null, { type: 'range', min: 0, max: 100, step: 0.5, 'aria-label': title });
        var box = make('input', line, null, { type: 'number', min: 0, max: 100, step: 0.01, 'aria-label': title + ' %' });
        make('span', line, fill(words.published_weight, { weight: percent(published[i]) }), { 'class': 'help' });
        var label = make('label', line, null, { 'class': 'lock' });
        var lock = make('input', label, null, { type: 'checkbox', 'aria-label': words.lock + ' ' + title });
        make('span', label, words.lock);
        var range = make('span', line, '', { 'class': 'help range' });
        function take() { taken = parts(node).slice(); }
        function set(value) {
          if (!taken) { take(); }
          state[node.id] = moved(taken, i, Math.round(value * 100), locks[node.id]);
          if (state[node.id].join() === published.join()) { delete state[node.id]; }
          shows.forEach(function (one) { one(); });
          redraw();
        }
        ['pointerdown', 'focus'].forEach(function (name) { slider.addEventListener(name, take); box.addEventListener(name, take); });
        slider.addEventListener('input', function () { set(Number(slider.value)); });
        box.addEventListener('change', function () { set(Number(box.value)); taken = null; settle(); });
        slider.addEventListener('change', function () { taken = null; settle(); });
        lock.addEventListener('change', function () { locks[node.id][i] = lock.checked; });
        shows.push(function () {
          var own = parts(node)[i];
          if (document.activeElement !== slider || Number(slider.value) * 100 !== own) { slider.value = String(own / 100); }
          box.value = percent(own);
          slider.setAttribute('aria-valuetext', percent(own) + '%');
        });
        if (data.units.length * every.length <= 60000) {
          ranges.set(range, function () { range.textContent = stable(node, i); });
          near.observe(range);
        }
      });
    });
    // between which shares the first place stays where it is: asked when a slider comes near, as each takes twenty scorings
    function stable(node, i) {
      var published = shared(node.weights, WHOLE), free = node.children.map(function () { return false; });
      var first = firsts({});
      function firsts(given) {
        var ranks = whatIf.score(data, given).ranks;
        return ranks.map(function (rank, unit) { return rank === 1 ? unit : -1; }).filter(function (unit) { return unit >= 0; }).join();
      }
      function stays(value) {
        var given = {};
        given[node.id] = told(node, moved(published, i, value, free));
        return firsts(given) === first;
      }
      function end(limit) {
        if (stays(limit)) { return limit; }
        var good = published[i], bad = limit;
        while (Math.abs(bad - good) > 1) {
          var middle = Math.round((good + bad) / 2);
          if (stays(middle)) { good = middle; } else { bad = middle; }
        }
        return good;
      }
      return fill(words.first_stays, { low: percent(end(0)), high: percent(end(WHOLE)) });
    }

    section.querySelector('.reset').addEventListener('click', function () {
      state = {};
      show();
    });
    section.querySelector('.copy').addEventListener('click', function () {
      keep();
      if (navigator.clipboard) { navigator.clipboard.writeText(location.href).then(function () { status.textContent = words.copied; }, function () { status.textContent = location.href; }); }
      else { status.textContent = location.href; }
    });
    section.querySelector('.patch').addEventListener('click', function () {
      var lines = ['base: ' + JSON.stringify(data.base), 'index: ' + JSON.stringify(data.index), 'period: ' + JSON.stringify(data.period), 'set:'];
      Object.keys(state).forEach(function (id) {
        var decimals = nodes[id].total === 100 ? 2 : nodes[id].total === 1 ? 4 : 9;
        told(nodes[id], state[id]).forEach(function (one, i) { lines.push('  ' + JSON.stringify(every[nodes[id].children[i]].id) + ': ' + one.toFixed(decimals)); });
      });
      if (lines.length === 4) {
        status.textContent = words.nothing_changed;
        return;
      }
      var link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([lines.join('\n') + '\n'], { type: 'text/yaml' }));
      link.download = 'weights-patch.yaml';
      link.click();
    });
    window.addEventListener('hashchange', read);
    shows.forEach(function (one) { one(); });
    draw();
    read();
  }
  all('section.what-if').forEach(start);
})();
