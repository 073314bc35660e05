// rows by a column: numbers by their size, texts as a language has them, what is empty last; equal rows stay as they are
function rowsInOrder(rows, column, down, language) {
  'use strict';
  var texts = new Intl.Collator(language);
  function value(cell) {
    var text = cell.dataset.v !== undefined ? cell.dataset.v : cell.textContent.trim();
    var number = parseFloat(text);
    return text !== '' && !isNaN(number) && /^[-+\d.]/.test(text) ? number : text === '–' || text === '' ? null : text;
  }
  function compare(one, other) {
    if (one === other) { return 0; }
    if (one === null) { return 1; }
    if (other === null) { return -1; }
    if (typeof one === 'number' && typeof other === 'number') { return one - other; }
    return texts.compare(String(one), String(other));
  }
  var keyed = rows.map(function (row, at) { return { row: row, at: at, key: value(row.children[column]) }; });
  keyed.sort(function (one, other) {
    if (one.key === null || other.key === null) { return compare(one.key, other.key) || one.at - other.at; }
    return (down ? -1 : 1) * compare(one.key, other.key) || one.at - other.at;
  });
  return keyed.map(function (one) { return one.row; });
}
