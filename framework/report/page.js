/*
 * page.js - what a page can do where scripts run: curves to look into, tables to save.
 *
 * Without it, and without Chart.js, the page has its pictures, tables and texts. The numbers are in
 * #data: {"plots": [plot]}, and a plot is
 *
 *     {id, y, log, series: [{name, colour, dash, step, epoch, seconds, y, best}]}
 *
 * where columns are base64 of little-endian float32, and `best` is an index or absent; so is `dash`,
 * by which series differ besides their colours: then it is the series' place in the list.
 * Other scripts of a page use what `page` has.
 */
"use strict";
const page = (() => {
    const data = JSON.parse(document.getElementById("data").textContent);
    const dashes = [[], [7, 4], [2, 3], [10, 4, 2, 4]];
    const markers = ["circle", "rect", "triangle", "rectRot", "cross", "star"];
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const charts = [];

    /* --- small things --- */

    const make = (name, attributes = {}, ...children) => {
        const element = document.createElement(name);
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        element.append(...children);
        return element;
    };
    const column = text => {
        const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
        return new Float32Array(bytes.buffer);
    };
    const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const shown = value => Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "none";
    const escaped = text => text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
    const short = text => text.length > 40 ? `${text.slice(0, 20)}\u2026${text.slice(-19)}` : text;

    const save = (name, type, text) => {
        const url = URL.createObjectURL(new Blob([text], {type}));
        const link = make("a", {href: url, download: name});
        document.body.append(link);
        link.click();
        link.remove();
        setTimeout(() => URL.revokeObjectURL(url), 10000);
    };
    const button = (label, action) => {
        const element = make("button", {type: "button"}, label);
        element.addEventListener("click", action);
        return element;
    };
    const choice = (label, options, action) => {
        const select = make("select");
        for (const [value, words] of options) select.append(make("option", {value}, words));
        select.addEventListener("change", () => action(select.value));
        return make("label", {}, label, select);
    };
    const check = (label, checked, action) => {
        const box = make("input", {type: "checkbox"});
        box.checked = checked;
        box.addEventListener("change", () => action(box.checked));
        return make("label", {}, box, label);
    };

    /* --- tables --- */

    /* A text that a spreadsheet would take for a formula gets an apostrophe. */
    const field = cell => {
        let text = cell.textContent.trim();
        if (!cell.classList.contains("n") && /^(\s*[=+\-@]|[\t\r])/.test(cell.textContent)) text = "'" + text;
        return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const csv = table =>
        Array.from(table.rows, row => Array.from(row.cells, field).join(",")).join("\n") + "\n";
    const saveTable = table => save(`${table.dataset.name}.csv`, "text/csv", csv(table));

    /* --- pictures that are drawn already --- */

    const looks = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width",
                   "stroke-dasharray", "font-family", "font-size", "font-weight"];

    /* A copy that looks the same where there is no style sheet. */
    const still = picture => {
        const copy = picture.cloneNode(true), copies = [copy, ...copy.querySelectorAll("*")];
        [picture, ...picture.querySelectorAll("*")].forEach((element, i) => {
            copies[i].removeAttribute("class");
            if (!(element instanceof SVGGraphicsElement)) return;
            const style = getComputedStyle(element);
            for (const look of looks) copies[i].setAttribute(look, style.getPropertyValue(look));
        });
        return copy;
    };

    /* One below the other, in the colours of paper; caption(picture) stands above each. */
    const savePictures = (name, pictures, caption = () => "") => {
        const colours = document.documentElement.classList, own = colours.contains("paper-colours");
        const parts = [];
        let width = 0, height = 0;
        colours.add("paper-colours");
        for (const picture of pictures) {
            const box = picture.viewBox.baseVal, copy = still(picture), words = caption(picture);
            if (words) parts.push(`<text x="4" y="${height += 24}">${escaped(words)}</text>`);
            height += words ? 6 : 0;
            for (const [key, value] of Object.entries({x: 0, y: height, width: box.width,
                                                       height: box.height}))
                copy.setAttribute(key, value);
            parts.push(new XMLSerializer().serializeToString(copy));
            width = Math.max(width, box.width, 8 * words.length);
            height += box.height;
        }
        colours.toggle("paper-colours", own);
        save(`${name}.svg`, "image/svg+xml",
             `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
             `viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">` +
             `<rect width="100%" height="100%" fill="#ffffff"/>${parts.join("\n")}</svg>\n`);
    };

    /* Of a figure without curves to look into: its picture, and each of its tables. */
    const savers = figure => {
        const row = make("div", {class: "controls"}), tables = figure.querySelectorAll("table");
        const pictures = [...figure.querySelectorAll(".picture svg")];
        if (pictures.length)
            row.append(button("Save as SVG", () => savePictures(figure.id, pictures)));
        for (const table of tables)
            row.append(button(tables.length > 1 ? `Save ${table.dataset.name} as CSV` : "Save as CSV",
                              () => saveTable(table)));
        figure.prepend(row);
    };

    /* "affine1.weight: Weights: from -0.1 to 0.2" */
    const captionInTable = picture =>
        `${picture.closest("tr").cells[0].textContent}: ${picture.getAttribute("aria-label") ?? ""}`;

    /* --- curves --- */

    const points = (series, x) => {
        const list = Array.from(series.y, (y, i) => ({x: series[x][i], y, index: i}));
        return list.filter(p => Number.isFinite(p.x)).sort((a, b) => a.x - b.x);
    };
    /* The mean of the points around each one, as many on both sides. */
    const smooth = (list, width) => list.map((p, i) => {
        const reach = Math.min(width, i, list.length - 1 - i);
        let sum = 0, count = 0;
        for (let j = i - reach; j <= i + reach; j++)
            if (Number.isFinite(list[j].y)) { sum += list[j].y; count++; }
        return {x: p.x, y: count ? sum / count : NaN};
    });

    const line = (series, list, index) => ({
        label: short(series.name),
        series,
        data: list,
        borderColor: colour(`--c${series.colour % 8}`),
        backgroundColor: colour(`--c${series.colour % 8}`),
        borderDash: list.length > 500 ? [] : dashes[(series.dash ?? index) % dashes.length],
        borderWidth: list.length > 500 ? 1 : 2,
        order: list.length > 500 ? 1 : -index, /* dense ones lie lowest, then those without gaps */
        pointStyle: markers[(series.dash ?? index) % markers.length],
        pointRadius: list.length === 1 ? 5 : list.length <= 60 ? 3 : 0,
        pointHitRadius: 6,
    });

    const datasets = state => state.plot.series.flatMap((series, index) => {
        const list = points(series, state.x), raw = line(series, list, index), all = [raw];
        if (state.smooth > 0) {
            raw.borderWidth = 0.5;
            all.push({...line(series, smooth(list, state.smooth), index), pointRadius: 0,
                      label: `${raw.label}, smoothed`, smoothed: true});
        }
        const best = list.filter(p => p.index === series.best);
        if (best.length)
            all.push({...line(series, best, index), label: `best ${raw.label}`, showLine: false,
                      pointStyle: "star", pointRadius: 9, borderWidth: 2, best: true});
        return all;
    });

    const scale = (title, type) => ({
        type, title: {display: true, text: title, color: colour("--text")},
        ticks: {color: colour("--text"), maxTicksLimit: 8, maxRotation: 0},
        grid: {color: colour("--line"), borderColor: colour("--rule")},
    });

    /* Between whole numbers, such as steps, there is nothing to be labelled. */
    const isWhole = state => state.plot.series.every(
        series => Array.from(series[state.x]).every(x => !Number.isFinite(x) || Number.isInteger(x)));

    const xScale = state => {
        const x = {...scale(state.x, "linear"), bounds: "data"};
        if (isWhole(state)) x.ticks.precision = 0;
        return x;
    };

    const options = state => ({
        animation: false, parsing: false, responsive: true, maintainAspectRatio: false,
        interaction: {mode: "nearest", axis: "x", intersect: false},
        scales: {x: xScale(state),
                 y: scale(state.plot.y, state.log ? "logarithmic" : "linear")},
        plugins: {
            legend: {labels: {color: colour("--text"), usePointStyle: true, boxHeight: 7,
                              sort: (a, b) => a.datasetIndex - b.datasetIndex}},
            tooltip: {callbacks: {
                title: items => items.length ? `${state.x} ${shown(items[0].parsed.x)}` : "",
                label: item => `${item.dataset.label}: ${shown(item.parsed.y)}`,
            }},
        },
    });

    const draw = state => {
        state.chart?.destroy();
        state.chart = new Chart(state.canvas,
                                {type: "line", data: {datasets: datasets(state)},
                                 options: options(state)});
    };

    /* Arrow keys: along a curve, and from curve to curve; what is there is spoken. */
    const move = (state, event) => {
        const lines = state.chart.data.datasets.filter(d => !d.best);
        const step = {ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20}[event.key];
        const other = {ArrowUp: -1, ArrowDown: 1}[event.key];
        const edge = {Home: 0, End: Infinity}[event.key];
        if (step === undefined && other === undefined && edge === undefined) return;
        event.preventDefault();
        state.line = (state.line + (other ?? 0) + lines.length) % lines.length;
        const current = lines[state.line], last = current.data.length - 1;
        state.at = Math.max(0, Math.min(last, edge ?? (state.at + (step ?? 0))));
        const at = current.data[state.at], index = state.chart.data.datasets.indexOf(current);
        const active = [{datasetIndex: index, index: state.at}];
        state.chart.setActiveElements(active);
        state.chart.tooltip.setActiveElements(active, {x: 0, y: 0});
        state.chart.update("none");
        state.said.textContent =
            `${current.label}, ${state.x} ${shown(at.x)}: ${shown(at.y)}`;
    };

    /* What the canvas shows, as a picture that stays sharp. */
    const svg = state => {
        const {chart} = state, {x, y} = chart.scales, area = chart.chartArea;
        const text = (px, py, words, anchor) =>
            `<text x="${px.toFixed(1)}" y="${py.toFixed(1)}" text-anchor="${anchor}">${escaped(words)}</text>`;
        const parts = [`<rect x="${area.left}" y="${area.top}" width="${area.right - area.left}" ` +
                       `height="${area.bottom - area.top}" fill="none" stroke="#7d8590"/>`];
        for (const tick of x.ticks)
            parts.push(text(x.getPixelForValue(tick.value), area.bottom + 16, String(tick.label), "middle"));
        for (const tick of y.ticks)
            if (tick.label !== "")
                parts.push(text(area.left - 6, y.getPixelForValue(tick.value) + 4, String(tick.label), "end"));
        parts.push(text((area.left + area.right) / 2, chart.height - 4, state.x, "middle"));
        let row = 0;
        for (const set of chart.data.datasets) {
            const at = set.data.filter(p => Number.isFinite(p.y) && (!state.log || p.y > 0))
                .map(p => `${x.getPixelForValue(p.x).toFixed(1)},${y.getPixelForValue(p.y).toFixed(1)}`);
            if (set.best || at.length === 1)
                parts.push(...at.map(p => `<circle cx="${p.split(",")[0]}" cy="${p.split(",")[1]}" r="4" ` +
                                          `fill="none" stroke="${set.borderColor}"/>`));
            else
                parts.push(`<polyline points="${at.join(" ")}" fill="none" stroke="${set.borderColor}" ` +
                           `stroke-width="${set.borderWidth}" stroke-dasharray="${set.borderDash.join(" ")}"/>`);
            parts.push(`<text x="${area.right - 6}" y="${area.top + 16 + 14 * row++}" text-anchor="end" ` +
                       `fill="${set.borderColor}">${escaped(set.label)}</text>`);
        }
        return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${chart.width} ${chart.height}" ` +
               `font-family="sans-serif" font-size="12" fill="#555">${parts.join("\n")}</svg>\n`;
    };

    const controls = (state, figure) => {
        const redraw = key => value => { state[key] = value; state.at = 0; draw(state); };
        const row = make("div", {class: "controls"});
        const axes = ["step", "epoch", "seconds"].filter(x => state.plot.series.every(s => s[x]));
        if (axes.length > 1) row.append(choice("Across", axes.map(x => [x, x]), redraw("x")));
        row.append(check("logarithmic", state.log, redraw("log")));
        if (state.plot.series.some(s => s.y.length > 10))
            row.append(choice("Smoothing", [[0, "none"], [2, "5 points"], [10, "21 points"],
                                            [50, "101 points"]],
                              value => redraw("smooth")(Number(value))));
        row.append(button("Save as SVG", () => save(`${state.plot.id}.svg`, "image/svg+xml", svg(state))));
        const table = figure.querySelector("table");
        if (table) row.append(button("Save as CSV", () => saveTable(table)));
        return row;
    };

    const start = plot => {
        const figure = document.getElementById(plot.id);
        for (const series of plot.series)
            for (const key of ["step", "epoch", "seconds", "y"])
                if (series[key] !== undefined) series[key] = column(series[key]);
        const words = `${figure.querySelector("figcaption").textContent} Arrow keys move along a curve.`;
        const canvas = make("canvas", {tabindex: 0, role: "application", "aria-label": words});
        const state = {plot, canvas, x: "step", log: Boolean(plot.log), smooth: 0, line: 0, at: 0,
                       said: make("p", {class: "said", "aria-live": "polite"})};
        const live = make("div", {class: "live"}, canvas);
        figure.prepend(controls(state, figure), live, state.said);
        canvas.addEventListener("keydown", event => move(state, event));
        charts.push(state);
        draw(state);
    };

    if (typeof Chart !== "undefined")
        for (const plot of data.plots ?? []) start(plot);
    for (const figure of document.querySelectorAll("figure"))
        if (!figure.querySelector(".live")) savers(figure);
    for (const table of document.querySelectorAll("table[data-name]")) {
        if (table.closest("figure")) continue;
        const row = make("div", {class: "controls"}, button("Save as CSV", () => saveTable(table)));
        const pictures = [...table.querySelectorAll("svg[viewBox]")];
        if (pictures.length)
            row.append(button("Save as SVG", () =>
                savePictures(table.dataset.name, pictures, captionInTable)));
        table.parentElement.before(row);
    }
    dark.addEventListener("change", () => charts.forEach(draw));
    return {data, make, column, colour, shown, short, save, button, choice, check, saveTable, dashes,
            markers};
})();
