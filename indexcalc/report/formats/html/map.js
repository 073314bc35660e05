// The map of any node: its scores are those that weights are tried with, made anew with the published ones.
(function () {
  'use strict';
  var FILLS = ['#F1F6FB', '#D3E3F3', '#A9CBE8', '#78ACD8', '#4A88C0', '#27639F', '#123F70'];
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  all('.map-node').forEach(function (choice) {
    var block = choice.closest('[data-language]'), svg = choice.closest('section').querySelector('.map svg');
    var data = JSON.parse(block.querySelector('.what-if script[type="application/json"]').textContent);
    var words = JSON.parse(document.getElementById('words').textContent)[block.dataset.language];
    var every = data.bottom.concat(data.nodes), made = null;
    data.reading.forEach(function (place) { option(place, ''); every[place].children.forEach(function (child) { if (child < data.bottom.length) { option(child, '\u3000'); } }); });
    function option(place, before) {
      var one = document.createElement('option');
      one.value = place;
      one.textContent = before + every[place].title;
      choice.appendChild(one);
    }
    function scores(place) {
      if (place < data.bottom.length) { return data.bottom[place].scores; }
      made = made || whatIf.score(data, {});
      return made.scores[place - data.bottom.length];
    }
    function draw() {
      var own = scores(Number(choice.value)), known = own.filter(function (one) { return one !== null && one === one; });
      var low = Math.min.apply(null, known), high = Math.max.apply(null, known);
      data.units.forEach(function (unit, i) {
        var x = own[i], there = x !== null && x === x;
        var at = high > low ? Math.min(Math.max(Math.floor((x - low) / (high - low) * FILLS.length), 0), FILLS.length - 1) : 3;
        var ink = !there ? '#595959' : at > 4 ? '#FFFFFF' : '#1A1A1A';
        all('g[data-unit], g[data-name]', svg).forEach(function (group) {
          if (group.dataset.unit !== unit && group.dataset.name !== unit) { return; }
          all('rect, path', group).forEach(function (shape) { shape.setAttribute('fill', there ? FILLS[at] : '#FFFFFF'); });
          var lines = all('text', group);
          lines.forEach(function (line) { line.setAttribute('fill', ink); });
          if (lines.length > 1) { lines[1].textContent = there ? whatIf.rounded(x, data.decimals, 'nearest').toFixed(data.decimals) : '–'; }
        });
      });
      svg.setAttribute('aria-label', words.map_of.replace('{node}', every[Number(choice.value)].title));
    }
    choice.addEventListener('input', draw);
  });
})();
