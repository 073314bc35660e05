// Scores a period anew under other weights, by the engine's rules, child after child, so that the numbers are the engine's own.
// Tests hold it to the engine over the same trees.
var whatIf = (function () {
  'use strict';
  var SLACK = 1e-12, REACHED = 5e-4, TOLERANCE = 1e-12;
  function missing(x) { return x === null || x !== x; }

  // sums as numpy adds them up: one after the other, or, from eight on, in eight turns
  function inTurn(parts) { var total = 0; for (var i = 0; i < parts.length; i += 1) { total += parts[i]; } return total; }
  function reduced(parts) {
    var n = parts.length;
    if (n < 8) { return inTurn(parts); }
    if (n > 128) {
      var half = Math.floor(n / 2);
      half -= half % 8;
      return reduced(parts.slice(0, half)) + reduced(parts.slice(half));
    }
    var r = parts.slice(0, 8), i = 8, k;
    for (; i < n - (n % 8); i += 8) { for (k = 0; k < 8; k += 1) { r[k] += parts[i + k]; } }
    var total = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    for (; i < n; i += 1) { total += parts[i]; }
    return total;
  }
  function weightThere(x, w) { return inTurn(x.map(function (one, i) { return missing(one) ? 0 : w[i]; })); }
  function arithmetic(x, w) {
    var weight = weightThere(x, w);
    if (weight === 0) { return NaN; }
    return inTurn(x.map(function (one, i) { return missing(one) ? 0 : one * w[i]; })) / weight;
  }
  function each(x, f) { return x.map(function (one) { return missing(one) ? NaN : f(one); }); }
  function any(x, f) { return x.some(function (one) { return !missing(one) && f(one); }); }
  function raised(x, p) { return p.floor === undefined ? x : each(x, function (one) { return Math.max(one, p.floor); }); }
  function geometric(x, w, p) {
    x = raised(x, p);
    return any(x, function (one) { return one <= 0; }) ? NaN : Math.exp(arithmetic(each(x, Math.log), w));
  }
  function power(x, w, p) {
    if (p.p === 0) { return geometric(x, w, p); }
    x = raised(x, p);
    if (any(x, function (one) { return one < 0 || (one === 0 && p.p < 0); })) { return NaN; }
    var largest = null;
    if (Math.abs(p.p) > 1) {
      var positive = x.filter(function (one) { return one > 0; });
      if (positive.length) {
        var low = Math.min.apply(null, positive), high = Math.max.apply(null, positive);
        if (Math.max(Math.abs(p.p * Math.log10(low)), Math.abs(p.p * Math.log10(high))) > 250) { largest = p.p < 0 ? low : high; }
      }
    }
    var y = largest === null ? x : each(x, function (one) { return one / largest; });
    var average = Math.pow(arithmetic(each(y, function (one) { return Math.pow(one, p.p); }), w), 1 / p.p);
    return largest === null ? average : average * largest;
  }
  function quantifier(share, p) {
    if (p.weights) {
      var places = [0], n = p.weights.length;
      p.weights.forEach(function (one) { places.push(places[places.length - 1] + one); });
      places = places.map(function (one) { return one / places[n]; });
      if (share >= 1) { return places[n]; }
      var step = 1 / n, at = 0;
      function x(k) { return k === n ? 1 : k * step; }
      while (at < n - 1 && share >= x(at + 1)) { at += 1; }
      return (places[at + 1] - places[at]) / (x(at + 1) - x(at)) * (share - x(at)) + places[at];
    }
    var orness = p.orness === undefined ? 0.5 : p.orness;
    if (orness === 0) { return share < 1 ? 0 : 1; }
    return share === 0 ? 0 : Math.pow(share, 1 / orness - 1);
  }
  function owa(x, w, p) {
    var order = x.map(function (one, i) { return i; });
    order.sort(function (one, other) {
      if (missing(x[one]) || missing(x[other])) { return (missing(x[one]) ? 1 : 0) - (missing(x[other]) ? 1 : 0) || one - other; }
      return x[other] - x[one] || one - other;
    });
    var upto = [], total = 0;
    order.forEach(function (i) { total += missing(x[i]) ? 0 : w[i]; upto.push(total); });
    if (total === 0) { return NaN; }
    var before = quantifier(0, p), parts = order.map(function (i, k) {
      var now = quantifier(upto[k] / total, p), part = (missing(x[i]) ? 0 : x[i]) * (now - before);
      before = now;
      return part;
    });
    return reduced(parts);
  }
  function mpi(x, w, p) {
    var mean = arithmetic(x, w);
    var variance = arithmetic(each(x, function (one) { return (one - mean) * (one - mean); }), w);
    var lost = Math.sqrt(variance) <= SLACK * Math.abs(mean) ? 0 : mean > 0 ? variance / mean : NaN;
    return p.penalty === 'positive' ? mean + lost : mean - lost;
  }
  function known(x) { return x.filter(function (one) { return !missing(one); }); }
  var methods = {
    arithmetic: arithmetic,
    geometric: geometric,
    harmonic: function (x, w, p) {
      x = raised(x, p);
      return any(x, function (one) { return one <= 0; }) ? NaN : 1 / arithmetic(each(x, function (one) { return 1 / one; }), w);
    },
    power: power,
    sum: function (x, w, p) { return (p.scale === undefined ? 1 : p.scale) * arithmetic(x, w) * reduced(w); },
    owa: owa,
    mpi: mpi,
    minimum: function (x) { return known(x).length ? Math.min.apply(null, known(x)) : NaN; },
    maximum: function (x) { return known(x).length ? Math.max.apply(null, known(x)) : NaN; },
    median: function (x) {
      var y = known(x).sort(function (one, other) { return one - other; }), n = y.length;
      return n ? (n % 2 ? y[(n - 1) / 2] : (y[n / 2 - 1] + y[n / 2]) / 2) : NaN;
    },
    product: function (x, w, p) {
      return (p.scale === undefined ? 1 : p.scale) * x.reduce(function (one, other) { return missing(other) ? NaN : one * other; }, 1);
    }
  };

  function rounded(x, decimals, how) {
    var scale = Math.pow(10, decimals);
    if (missing(x)) { return NaN; }
    if (how === 'up') { return Math.ceil(x * scale - 1e-9) / scale + 0; }
    if (how === 'down') { return Math.floor(x * scale + 1e-9) / scale + 0; }
    if (how === 'even') {
      var times = Math.abs(x) * scale, low = Math.floor(times + 1e-9);
      var even = Math.abs(times - low - 0.5) <= 1e-9 ? low + low % 2 : Math.floor(times + 0.5);
      return Math.sign(x) * even / scale + 0;
    }
    return Math.sign(x) * Math.floor(Math.abs(x) * scale + (0.5 + 1e-9)) / scale + 0;
  }
  function covered(x, applies, w, below) {
    function parts(v) {
      return [
        inTurn(x.map(function (one, i) { return missing(one) ? 0 : below[i] * v[i]; })),
        inTurn(v.map(function (one, i) { return applies[i] ? one : 0; }))
      ];
    }
    var both = parts(w.map(Math.abs));
    if (both[1] === 0) { both = parts(w.map(function () { return 1; })); }
    return both[0] / both[1];
  }
  function enough(rule, share, present, asked) {
    if (rule[0] === 'floor') { return share >= 0; }
    if (rule[0] === 'fail') { return present >= asked - SLACK && share > 0; }
    var there = rule[1] ? share >= rule[1] - REACHED : share >= 0;
    if (!rule[2]) { return there; }
    return there && present >= (rule[2] > 1 ? Math.min(rule[2], asked) - SLACK : (rule[2] - REACHED) * asked);
  }

  // ranks: a new place begins where the gap to the first of the current one is more than the tolerance
  function ranks(scores, ranking) {
    var y = scores.map(function (one) {
      var shown = ranking.decimals === null || missing(one) ? one : rounded(one, ranking.decimals, 'nearest');
      return missing(shown) ? NaN : ranking.lowest ? -shown : shown;
    });
    var order = y.map(function (one, i) { return i; }).filter(function (i) { return !missing(y[i]); });
    order.sort(function (one, other) { return y[other] - y[one] || one - other; });
    var apart = TOLERANCE * order.reduce(function (most, i) { return Math.max(most, Math.abs(y[i])); }, 0);
    var out = y.map(function () { return null; }), group = 0, start = 0;
    while (start < order.length) {
      var end = start + 1;
      while (end < order.length && Math.abs(y[order[start]] - y[order[end]]) <= apart) { end += 1; }
      group += 1;
      var place = { dense: group, average: (start + 1 + end) / 2, max: end }[ranking.ties] || start + 1;
      for (var k = start; k < end; k += 1) { out[order[k]] = place; }
      start = end;
    }
    return out;
  }

  // all nodes of all units; weights are those of some nodes by id, in the order of their children;
  // what stands neither at nor above such a node is as it was, and is made once
  var published = new WeakMap();
  function score(data, weights) {
    var bottom = data.bottom.length, before = published.get(data);
    if (!before) {
      before = made(data, {}, null);
      published.set(data, before);
    }
    var now = Object.keys(weights).length ? made(data, weights, before) : before, last = now.scores.length - 1;
    return { scores: now.scores.slice(bottom), coverage: now.coverage.slice(bottom), ranks: ranks(now.scores[last], data.ranking) };
  }
  function made(data, weights, before) {
    var units = data.units.length;
    var scores = [], coverage = [], applies = [], floors = [], touched = [];
    data.bottom.forEach(function (own) {
      var without = {};
      (own.inapplicable || []).forEach(function (unit) { without[unit] = true; });
      touched.push(false);
      scores.push(own.scores);
      coverage.push(own.coverage || own.scores.map(function () { return 1; }));
      applies.push(own.scores.map(function (one, unit) { return !without[unit]; }));
      floors.push(own.floor === undefined || own.floor === null ? NaN : own.floor);
    });
    data.nodes.forEach(function (node) {
      var w = weights[node.id] || node.weights, y = [], share = [], valid = [], unit, at = scores.length;
      touched.push(Boolean(weights[node.id]) || node.children.some(function (child) { return touched[child]; }));
      if (before && !touched[at]) {
        scores.push(before.scores[at]);
        coverage.push(before.coverage[at]);
        applies.push(before.applies[at]);
        floors.push(before.floors[at]);
        return;
      }
      if (node.fixed) {
        var without = {};
        node.inapplicable.forEach(function (one) { without[one] = true; });
        scores.push(node.scores);
        coverage.push(node.coverage);
        applies.push(node.scores.map(function (one, at) { return !without[at]; }));
        floors.push(lowest(node.scores));
        return;
      }
      for (unit = 0; unit < units; unit += 1) {
        var x = node.children.map(function (child) { return scores[child][unit]; });
        var counts = node.children.map(function (child) { return applies[child][unit]; });
        var below = node.children.map(function (child) { return missing(coverage[child][unit]) ? NaN : coverage[child][unit]; });
        var used = node.missing[0] === 'floor'
          ? x.map(function (one, i) { return missing(one) && counts[i] ? floors[node.children[i]] : one; }) : x;
        var own = methods[node.method](used, w, node.parameters);
        var part = covered(x, counts, w, below);
        var present = known(x).length, asked = counts.filter(Boolean).length;
        if (!enough(node.missing, part, present, asked)) { own = NaN; }
        if (node.mirror !== undefined) { own = node.mirror - own; }
        (node.points || []).forEach(function (points) { own += points[unit] === null ? NaN : points[unit]; });
        if (node.round) { own = rounded(own, node.round[0], node.round[1]); }
        y.push(missing(own) ? null : own);
        share.push(missing(part) ? null : part);
        valid.push(counts.some(Boolean));
      }
      scores.push(y);
      coverage.push(share);
      applies.push(valid);
      var plain = node.mirror === undefined && !node.points && !node.round;
      floors.push(plain ? methods[node.method](node.children.map(function (child) { return floors[child]; }), w, node.parameters) : lowest(y));
    });
    return { scores: scores, coverage: coverage, applies: applies, floors: floors };
  }
  function lowest(x) { return known(x).length ? Math.min.apply(null, known(x)) : NaN; }
  return { score: score, ranks: ranks, rounded: rounded };
})();
