const WIDTH = 760;
const LABEL_WIDTH = 250;
/** Space right of the longest bar, for its figure. */
const FIGURE_WIDTH = 80;
const BAR_HEIGHT = 13;
const GROUP_GAP = 9;
const TITLE_HEIGHT = 34;
const PADDING = 16;
const COLORS = ['#2f6f9f', '#b9c4cd'];

/**
 * Draws panels of bars, one below the other, as a self-contained SVG document.
 * @param {Panel[]} panels
 * @param {string[]} series names of the bars in a group, at most two
 * @typedef {{ title: string, groups: { name: string, values: (number | undefined)[] }[] }} Panel values: one per series;
 * an undefined one is not drawn
 */
export function barChart(panels, series) {
  let top = PADDING + TITLE_HEIGHT;
  const drawn = panels.map((panel) => {
    const text = drawPanel(panel, top);
    top += heightOf(panel);
    return text;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top + PADDING}" viewBox="0 0 ${WIDTH} ${top + PADDING}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${top + PADDING}" fill="#ffffff"/>`,
    drawLegend(series),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawLegend(series) {
  return series
    .map((name, n) => {
      const left = LABEL_WIDTH + n * 150;
      return `<rect x="${left}" y="${PADDING}" width="${BAR_HEIGHT}" height="${BAR_HEIGHT}" fill="${COLORS[n]}"/>${textAt(left + BAR_HEIGHT + 6, PADDING + 11, name)}`;
    })
    .join('');
}

function drawPanel({ title, groups }, panelTop) {
  // 1 if all values are 0.
  const longest = Math.max(...groups.flatMap(({ values }) => values.filter(isDrawn))) || 1;
  const scale = (WIDTH - LABEL_WIDTH - FIGURE_WIDTH - PADDING) / longest;
  let top = panelTop + TITLE_HEIGHT - 10;
  const parts = [textAt(PADDING, panelTop + 14, title, 'font-weight="bold"')];
  for (const { name, values } of groups) {
    parts.push(textAt(LABEL_WIDTH - 8, top + (values.length * BAR_HEIGHT) / 2 + 4, name, 'text-anchor="end"'));
    values.forEach((value, n) => {
      if (isDrawn(value)) parts.push(drawBar(value, scale, top + n * BAR_HEIGHT, COLORS[n]));
    });
    top += groupHeight(values);
  }
  return parts.join('\n');
}

function drawBar(value, scale, top, color) {
  const length = Math.max(value * scale, 1);
  return `<rect x="${LABEL_WIDTH}" y="${top}" width="${length.toFixed(1)}" height="${BAR_HEIGHT - 2}" fill="${color}"/>${textAt(LABEL_WIDTH + length + 5, top + 10, figure(value))}`;
}

function textAt(x, y, text, attributes = '') {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="#333333" ${attributes}>${escapeXml(text)}</text>`;
}

function heightOf({ groups }) {
  return TITLE_HEIGHT + groups.reduce((sum, { values }) => sum + groupHeight(values), 0);
}

function groupHeight(values) {
  return values.length * BAR_HEIGHT + GROUP_GAP;
}

function isDrawn(value) {
  return value !== undefined && Number.isFinite(value);
}

/** Three significant digits, with separators between thousands. */
export function figure(value) {
  if (value === undefined) return '';
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

function escapeXml(text) {
  return text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]);
}
