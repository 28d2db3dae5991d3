/*
 * sweep.js - the live parts of a sweep's page: table, scatter, parallel coordinates, curves.
 *
 * There is one state, the words of the filter: a part that narrows the trials, as a brush on an
 * axis or "the best 10 %", writes terms into it, and all parts show what passes it.
 *
 *     units>50 lr<=0.1 status=failed relu
 *
 * Terms are joined by "and". NAME is a column or the end of its name; = and != compare words or
 * numbers, several words are joined by "|"; "units=none" are trials without such a key. A term
 * without a comparison is text that any cell holds.
 */
"use strict";

const data = page.data.sweep;
const rows = data.rows;
const maximize = data.goal === "maximize";
const MOST_LINES = 1000; /* of trials in parallel coordinates */
const MOST_COLOURED = 20;

function unpack(text, Type) {
    const raw = atob(text), bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return new Type(bytes.buffer);
}
const numbers_of = column => unpack(column.data, column.bytes === 8 ? Float64Array : Float32Array);
const better = (a, b) => maximize ? a > b : a < b;

/* --- columns --- */

/* A column: {name, label, values}, values being numbers or indices of words; NaN: not set. */
function number_column(c) {
    const values = numbers_of(c), whole = v => c.bytes === 8 ? v : Number(v.toPrecision(7));
    return {name: c.name, label: c.label, values, log: c.log, words: null, whole,
            text: c.exact ? v => String(whole(v)) : v => brief(v, 5)};
}
function word_column(c) {
    const codes = unpack(c.data, Uint32Array), values = new Float64Array(rows);
    for (let i = 0; i < rows; i++) values[i] = codes[i] === 0 ? NaN : codes[i] - 1;
    const word = v => c.words[v];
    return {name: c.name, label: c.label, values, log: false, words: c.words, whole: word,
            text: word};
}
const column_of = c => (c.words ? word_column : number_column)(c);

const keys = data.keys.map(column_of);
const measured = data.measured.map(column_of);
const status = word_column({name: "status", label: "status", ...data.status});
const trial = {name: "trial", label: "trial", words: null, log: false,
               values: Float64Array.from({length: rows}, (_, i) => i), whole: v => v, text: String};
const ids = {name: "path", label: "path", values: trial.values,
             words: data.ids.map(id => "trials/" + id)};
ids.text = ids.whole = v => ids.words[v];
const errors = {name: "error", label: "error", words: data.errors,
                values: trial.values.map(i => i in data.errors ? i : NaN),
                text: v => data.errors[v], whole: v => data.errors[v]};
const metric = measured.find(c => c.name === "final_" + data.metric);
const best_metric = measured.find(c => c.name === "best_" + data.metric);
const seconds = measured.find(c => c.name === "seconds");
const all_columns = [trial, status, ...keys, ...measured,
                     ...Object.keys(data.errors).length ? [errors] : [], ids];
const shown = new Set([trial, status, ...keys, metric, best_metric, seconds, errors, ids]);

const cell_text = (c, i) => Number.isNaN(c.values[i]) ? "" : c.text(c.values[i]);
const cell_whole = (c, i) => Number.isNaN(c.values[i]) ? "" : c.whole(c.values[i]);

/* "units=50 lr=0.1": what tells a trial from the others. */
const label_of = i => keys.map(c => `${c.label}=${cell_text(c, i) || "not set"}`).join(" ") ||
    "trial " + i;
const say_trial = i => `trial ${i}: ${label_of(i)}; ${metric.label} ` +
    `${cell_text(metric, i) || "none"}, ${status.text(status.values[i])}`;

/* --- the filter --- */

const points = data.repeats ? unpack(data.points, Int32Array) : null;
const passes = new Uint8Array(rows).fill(1);
let passing = [...trial.values];
const chosen = new Set();

function find_column(name) {
    const low = name.toLowerCase();
    const exact = all_columns.find(c => c.label.toLowerCase() === low ||
        c.name.toLowerCase() === low);
    if (exact) return exact;
    const ends = all_columns.filter(c => c.name.toLowerCase().endsWith(low));
    return ends.length === 1 ? ends[0] : null;
}

let row_texts = null;
function row_text(i) {
    if (!row_texts) {
        const columns = all_columns.filter(c => !measured.includes(c));
        row_texts = data.ids.map((_, r) =>
            columns.map(c => cell_text(c, r)).join("\n").toLowerCase());
    }
    return row_texts[i];
}

/* A test of a row for one term; a string is what is wrong with the term. */
function term_test(term) {
    const plain = term.replaceAll('"', "");
    const parts = /^([^<>=!]+)(<=|>=|!=|=|<|>)(.+)$/.exec(plain);
    if (!parts) return i => row_text(i).includes(plain.toLowerCase());
    const [, name, sign, wanted] = parts, column = find_column(name);
    if (!column) return `no column "${name}"`;
    const {values} = column;
    if (sign === "=" || sign === "!=") {
        const words = wanted.toLowerCase().split("|"), want = sign === "=";
        const same = v => Number.isNaN(v) ? words.includes("none")
            : words.some(w => column.words ? column.text(v).toLowerCase() === w
                : Number(w) === v || w === column.text(v));
        return i => same(values[i]) === want;
    }
    const limit = Number(wanted);
    if (column.words || Number.isNaN(limit)) return `${name}${sign} needs a number`;
    return {"<": i => values[i] < limit, "<=": i => values[i] <= limit,
            ">": i => values[i] > limit, ">=": i => values[i] >= limit}[sign];
}

const find = document.getElementById("sweep-filter");
const found = document.getElementById("sweep-found");

const terms_of = text => text.match(/(?:[^\s"]|"[^"]*")+/g) || [];

function apply_filter() {
    const tests = terms_of(find.value).map(term_test);
    const wrong = tests.find(t => typeof t === "string");
    find.setAttribute("aria-invalid", String(Boolean(wrong)));
    if (wrong) {
        found.textContent = wrong;
        return;
    }
    passing = [];
    for (let i = 0; i < rows; i++) {
        passes[i] = tests.every(t => t(i)) ? 1 : 0;
        if (passes[i]) passing.push(i);
    }
    found.textContent = `${passing.length} of ${rows} trials`;
    sort_rows();
    for (const f of figures) f.queue();
}

/* Puts terms of some columns in place of those that the filter has of them. */
function set_terms(columns, terms) {
    const kept = terms_of(find.value).filter(t => {
        const parts = /^([^<>=!]+)(<=|>=|!=|=|<|>)/.exec(t.replaceAll('"', ""));
        return !parts || !columns.includes(find_column(parts[1]));
    });
    find.value = [...kept, ...terms].join(" ");
    apply_filter();
}

const term = (c, sign, value) => /\s/.test(c.label + value) ? `"${c.label}${sign}${value}"`
    : `${c.label}${sign}${value}`;

function choose_best() {
    const values = [...metric.values].filter(Number.isFinite).sort((a, b) => a - b);
    if (values.length === 0) return;
    const count = Math.max(1, Math.floor(values.length / 10));
    const limit = maximize ? values[values.length - count] : values[count - 1];
    set_terms([metric], [term(metric, maximize ? ">=" : "<=", limit)]);
}

/* --- the table --- */

const ROW = 28; /* pixels, as the style has it */
const SPARE = 8; /* rows above and below what is seen */
const box = document.getElementById("sweep-rows");
const table = box.querySelector("table");
const body = table.tBodies[0];
let sorted_by = metric, down = maximize, order = [], current = 0;

function compare_rows(a, b) {
    const x = sorted_by.values[a], y = sorted_by.values[b];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a - b;
    return (down ? y - x : x - y) || a - b;
}

function sort_rows() {
    order = Int32Array.from(passing).sort(compare_rows);
    current = 0;
    box.scrollTop = 0;
    show_heads();
    show_rows();
}

function show_heads() {
    for (const th of table.tHead.rows[0].cells)
        th.setAttribute("aria-sort", th.column !== sorted_by ? "none"
            : down ? "descending" : "ascending");
}

const visible_columns = () => all_columns.filter(c => shown.has(c));

/* Columns are as wide as their longest text of a sample, so that scrolling doesn't move them. */
function column_width(c) {
    let most = c.label.length + 3;
    for (let i = 0; i < rows; i += Math.max(1, Math.floor(rows / 500)))
        most = Math.max(most, cell_text(c, i).length);
    return Math.min(most, 40) * 9 + 26;
}

function build_table() {
    const columns = visible_columns(), group = element("colgroup"), line = element("tr");
    let whole = 0;
    for (const c of columns) {
        const width = c.width ||= column_width(c), col = element("col");
        col.style.width = width + "px";
        whole += width;
        group.append(col);
        const sort = element("button", {type: "button", textContent: c.label, title: c.name});
        sort.onclick = () => {
            if (sorted_by === c) down = !down;
            else [sorted_by, down] = [c, !c.words && c !== trial];
            sort_rows();
        };
        const th = element("th", {scope: "col", column: c}, sort);
        line.append(th);
    }
    table.querySelector("colgroup")?.remove();
    table.prepend(group);
    table.style.width = whole + "px";
    table.tHead.replaceChildren(line);
    table.setAttribute("aria-colcount", columns.length);
    show_heads();
    show_rows();
}

function make_row(columns, at) {
    const i = order[at], tr = element("tr", {id: "row-" + i});
    tr.setAttribute("aria-rowindex", at + 2);
    tr.setAttribute("aria-selected", String(chosen.has(i)));
    if (at === current) tr.className = "current";
    for (const c of columns) {
        const text = cell_text(c, i);
        tr.append(element("td", {textContent: text, title: text.length > 30 ? text : "",
                                 className: c.words ? "" : "n"}));
    }
    tr.onclick = () => {
        current = at;
        choose(i);
    };
    return tr;
}

/* Only what is seen is in the document; two empty rows stand for what is above and below. */
function show_rows() {
    const columns = visible_columns();
    const first = Math.max(0, Math.floor(box.scrollTop / ROW) - SPARE);
    const seen = Math.ceil((box.scrollTop + box.clientHeight) / ROW);
    const last = Math.min(order.length, seen + SPARE);
    const spacer = count => {
        const cell = element("td", {colSpan: columns.length});
        cell.style.height = count * ROW + "px";
        const tr = element("tr", {className: "spacer"}, cell);
        tr.setAttribute("aria-hidden", "true");
        return tr;
    };
    const list = [];
    for (let at = first; at < last; at++) list.push(make_row(columns, at));
    body.replaceChildren(...first > 0 ? [spacer(first)] : [], ...list,
                         ...last < order.length ? [spacer(order.length - last)] : []);
    table.setAttribute("aria-rowcount", order.length + 1);
    table.setAttribute("aria-activedescendant", order.length ? "row-" + order[current] : "");
}

function choose(i) {
    if (!chosen.delete(i)) chosen.add(i);
    show_rows();
    for (const f of figures) f.queue();
}

function move_current(event) {
    if (event.target !== table || order.length === 0) return;
    const page = Math.max(1, Math.floor(box.clientHeight / ROW) - 2);
    const step = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity,
                  End: Infinity}[event.key];
    if (event.key === " " || event.key === "Enter") choose(order[current]);
    else if (step === undefined) return;
    else current = Math.min(order.length - 1, Math.max(0, current + step));
    event.preventDefault();
    const top = current * ROW, room = box.clientHeight - 2 * ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top > box.scrollTop + room) box.scrollTop = top - room;
    show_rows();
}

/* All rows that pass, in the order shown, with the columns shown (or all of them). */
const table_rows = columns => [columns.map(c => c.name),
                               ...Array.from(order, i => columns.map(c => cell_whole(c, i)))];

async function copy_rows() {
    const tabbed = table_rows(visible_columns()).map(r => r.map(v => String(csv_cell(v))
        .replaceAll("\t", " ")).join("\t")).join("\n");
    try {
        await navigator.clipboard.writeText(tabbed);
    } catch {
        const area = element("textarea", {value: tabbed});
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
    }
    found.textContent = `${order.length} rows copied`;
}

function build_choices() {
    const list = document.getElementById("sweep-columns");
    for (const c of all_columns) {
        const tick = element("input", {type: "checkbox", checked: shown.has(c)});
        tick.onchange = () => {
            if (tick.checked) shown.add(c); else shown.delete(c);
            build_table();
        };
        list.append(element("label", {}, tick, " " + c.label));
    }
}

/* --- the metric against each key --- */

let plotted = metric; /* or best_metric */
const is_final = i => status.words[status.values[i]] === "completed";
const shapes = {completed: "dot", stopped: "square", running: "ring", interrupted: "ring",
                failed: "cross", killed: "cross"};
const shape_of = i => shapes[status.words[status.values[i]]] || "dot";
const metric_axis = () => {
    const log = spans_two_decades(plotted.values);
    return {label: plotted.label, ...range_of([plotted.values], log)};
};

/* Finished trials are dots: those that pass in colour, the others faint and below them. Trials
 * without a value stand in a row at the lower edge. */
function paint_trials(pen, f, x_of, size) {
    const colours = ink(), none = f.area.bottom - 2;
    for (const strong of [0, 1])
        for (let i = 0; i < rows; i++) {
            if (passes[i] !== strong) continue;
            const x = f.to_x(x_of(i)), v = plotted.values[i], y = Number.isFinite(v) ? f.to_y(v)
                : none;
            if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
            const shape = y === none && is_final(i) ? "cross" : shape_of(i);
            mark(pen, shape, x, y, strong ? colour_of(shape === "cross" ? 1 : 0) : colours.faint,
                 shape === "dot" ? size : 3);
        }
    for (const i of chosen) mark(pen, "square", f.to_x(x_of(i)), f.to_y(plotted.values[i]),
                                 colour_of(1), 5);
}

/* The mean of the completed repeats of each point, as a dash. */
function paint_means(pen, f, x_of) {
    if (!points || rows > 2000) return;
    const sums = new Map();
    for (let i = 0; i < rows; i++) {
        if (!is_final(i) || !Number.isFinite(plotted.values[i]) || points[i] < 0) continue;
        const sum = sums.get(points[i]) || [x_of(i), 0, 0];
        sum[1] += plotted.values[i];
        sum[2]++;
        sums.set(points[i], sum);
    }
    for (const [x, sum, n] of sums.values())
        if (n > 1) mark(pen, "dash", f.to_x(x), f.to_y(sum / n), ink().ink, 2);
}

/* Words are apart from each other by where they stand; "not set" is a word of its own. Points of
 * one word are spread a little, always the same way. */
function key_axis(c) {
    const missing = c.values.some(Number.isNaN);
    if (c.words) {
        const words = missing ? [...c.words, "not set"] : c.words;
        return {axis: {label: c.label, words},
                x_of: i => (Number.isNaN(c.values[i]) ? c.words.length : c.values[i]) +
                    (i * 0.618034 % 1 - 0.5) * 0.5};
    }
    const range = range_of([c.values], c.log), low = range.min;
    const values = [...new Set(c.values)].filter(Number.isFinite);
    if (values.length <= 8) range.marks = values.sort((a, b) => a - b);
    if (missing) range.min = c.log ? low / (range.max / low) ** 0.1
        : low - (range.max - low) * 0.1;
    return {axis: {label: c.label + (missing ? " (left edge: not set)" : ""), ...range},
            x_of: i => Number.isNaN(c.values[i]) ? range.min : c.values[i]};
}

function build_scatter() {
    const grid = document.getElementById("sweep-scatter");
    const size = rows > 3000 ? 2 : rows > 500 ? 3 : 5;
    for (const c of keys) {
        const {axis, x_of} = key_axis(c);
        const head = element("h3", {textContent: c.label, title: c.name});
        const figure = element("div", {className: "plot"}, head);
        grid.append(figure);
        new Figure(figure, {
            name: `${data.metric}-against-${c.label}`,
            describe: () => `${plotted.label} of ${passing.length} trials against ${c.name}`,
            x: () => axis,
            y: metric_axis,
            layers: () => [(pen, f) => paint_trials(pen, f, x_of, size),
                           (pen, f) => paint_means(pen, f, x_of)],
            points: () => ({x: trial.values.map(x_of), y: plotted.values, say: say_trial}),
            csv: () => [["trial", c.name, plotted.name],
                        ...passing.map(i => [i, cell_whole(c, i), plotted.values[i]])],
        });
    }
    const value = document.getElementById("sweep-value");
    value.onchange = () => {
        plotted = value.value === "best" ? best_metric : metric;
        for (const f of figures) f.queue();
    };
}

/* --- parallel coordinates --- */

/* Axes of the keys, in their order, and the metric at the right. Where trials lack a key, its axis
 * has a place for them below. */
class Parallel {
    constructor(box) {
        this.box = box;
        this.axes = [...keys, metric].map(c => {
            const log = c.log || (c === metric && spans_two_decades(c.values));
            const scale = scale_of(c.words ? {words: c.words} : range_of([c.values], log, 0));
            return {c, log, scale, missing: c.values.some(Number.isNaN)};
        });
        this.canvas = element("canvas", {tabIndex: 0});
        this.canvas.setAttribute("role", "img");
        box.append(this.canvas);
        this.height = 320;
        this.canvas.onpointerdown = e => this.press(e);
        this.canvas.onpointermove = e => this.drag(e);
        this.canvas.onpointerup = e => this.release(e);
        figures.push(this);
        new ResizeObserver(() => this.queue()).observe(box);
    }
    queue() { soon(this, () => this.draw()); }
    x_of(a) { return 50 + a * (this.width - 100) / Math.max(1, this.axes.length - 1); }
    y_of(axis, v) {
        return Number.isNaN(v) ? this.bottom + 24 : this.bottom -
            axis.scale.at(v) * (this.bottom - this.top);
    }
    draw() {
        this.width = Math.max(this.box.clientWidth, 90 * this.axes.length);
        this.canvas.style.width = this.width + "px";
        this.top = 34;
        this.bottom = this.height - 40;
        const pen = new CanvasPen(this.canvas, this.width, this.height);
        this.pen = pen;
        const every = Math.max(1, rows / MOST_LINES), faint = [];
        for (let k = 0; k < rows; k += every) faint.push(Math.floor(k));
        const strong = passing.length > MOST_LINES ? order.subarray(0, MOST_LINES) : passing;
        if (passing.length < rows) this.lines(pen, faint, ink().band, 1);
        this.lines(pen, strong, colour_of(0), strong.length > 200 ? 0.5 : 1);
        this.lines(pen, chosen, colour_of(1), 2.5);
        this.axes.forEach((axis, a) => this.axis(pen, axis, this.x_of(a)));
        const what = passing.length > MOST_LINES ? `the first ${MOST_LINES} of the table, of ` : "";
        const sentence = `${what}${passing.length} trials, a line each through its values and ` +
            `its ${metric.label}`;
        this.canvas.setAttribute("aria-label", sentence);
        document.getElementById("sweep-parallel-said").textContent = sentence + ".";
    }
    lines(pen, trials, colour, width) {
        for (const i of trials) {
            const points = [];
            this.axes.forEach((axis, a) => points.push(this.x_of(a),
                                                       this.y_of(axis, axis.c.values[i])));
            pen.line(points, colour, width);
        }
    }
    axis(pen, axis, x) {
        const colours = ink(), part = (this.width - 100) / Math.max(1, this.axes.length - 1);
        const room = Math.min(part, 160) - 8;
        pen.line([x, this.top, x, this.bottom], colours.ink, 1.5);
        const label = fit(pen, axis.c.label + (axis.log ? " (log)" : ""), room);
        const half = pen.width_of(label) / 2;
        pen.text(label, Math.min(Math.max(x, half + 2), this.width - half - 2), 12, colours.ink,
                 "center");
        const write = (words, y) => {
            const cut = fit(pen, words, room - 8), w = pen.width_of(cut);
            const left = x + 6 + w > this.width ? x - 6 - w : x + 6;
            pen.rect(left - 2, y - 8, w + 4, 16, colours.paper);
            pen.text(cut, left, y, colours.ink);
        };
        let free = Infinity;
        for (const [v, words] of axis.scale.ticks(6)) {
            const y = this.y_of(axis, v);
            pen.line([x - 4, y, x + 4, y], colours.ink);
            if (y < free) write(words, y);
            free = Math.min(free, y - 16);
        }
        if (axis.missing) write(axis.c === metric ? "none" : "not set", this.bottom + 24);
    }
    press(e) {
        const r = this.canvas.getBoundingClientRect();
        const x = e.clientX - r.left, y = e.clientY - r.top;
        const a = this.axes.findIndex((_, n) => Math.abs(this.x_of(n) - x) < 16);
        if (a < 0) return;
        this.canvas.setPointerCapture(e.pointerId);
        this.brush = {a, from: y, to: y};
    }
    drag(e) {
        if (!this.brush) return;
        this.brush.to = e.clientY - this.canvas.getBoundingClientRect().top;
        this.draw();
        const {a, from, to} = this.brush, x = this.x_of(a);
        this.pen.line([x - 8, from, x + 8, from, x + 8, to, x - 8, to, x - 8, from],
                      colour_of(1), 2);
    }
    /* A drag narrows the trials to what it spans; a press alone frees the axis. */
    release() {
        if (!this.brush) return;
        const {a, from, to} = this.brush, axis = this.axes[a], c = axis.c;
        this.brush = null;
        const low = Math.max(from, to), high = Math.min(from, to);
        if (low - high < 4) return set_terms([c], []);
        const share = y => (this.bottom - y) / (this.bottom - this.top);
        if (high > this.bottom + 10) return set_terms([c], [term(c, "=", "none")]);
        if (c.words) {
            const words = c.words.filter((_, w) => this.y_of(axis, w) <= low &&
                this.y_of(axis, w) >= high);
            return set_terms([c], words.length ? [term(c, "=", words.join("|"))] : []);
        }
        const short = t => Number(axis.scale.back(t).toPrecision(4));
        set_terms([c], [term(c, ">=", short(share(low))), term(c, "<=", short(share(high)))]);
    }
}

/* --- curves --- */

const curves = data.curves.map(c => ({name: c.name, values: unpack(c.data, Float32Array)}));
const epochs = unpack(data.epochs, Float32Array);
const length = data.length;
let curve = curves.find(c => c.name === data.metric) || curves[0];
const epoch_at = (i, e) => data.own_epochs ? epochs[i * length + e] : epochs[e];

/* The best of those that pass; then those that were chosen by hand. */
function coloured() {
    const list = [...passing].filter(i => Number.isFinite(metric.values[i]))
        .sort((a, b) => maximize ? metric.values[b] - metric.values[a]
            : metric.values[a] - metric.values[b]).slice(0, MOST_COLOURED);
    return [...new Set([...chosen, ...list])];
}

/* Quantiles 0.1, 0.5 and 0.9 of the other trials at each row of the curves. */
function band_of(without) {
    const skip = new Set(without), list = [];
    for (let e = 0; e < length; e++) {
        const values = [];
        let sum = 0;
        for (let i = 0; i < rows; i++) {
            const v = curve.values[i * length + e];
            if (!Number.isFinite(v) || skip.has(i)) continue;
            values.push(v);
            sum += epoch_at(i, e);
        }
        if (values.length < 3) continue;
        const s = Float32Array.from(values).sort();
        const at = q => s[Math.round(q * (s.length - 1))];
        list.push({epoch: sum / s.length, low: at(0.1), middle: at(0.5), high: at(0.9),
                   n: s.length});
    }
    return list;
}

function build_curves() {
    const place = document.getElementById("sweep-curves");
    if (length === 0 || curves.length === 0) return;
    const legend = document.getElementById("sweep-legend");
    const log = document.getElementById("sweep-log");
    const pick = document.getElementById("sweep-curve");
    let lines = [], band = [];
    const line_of = i => {
        const points = [];
        for (let e = 0; e < length; e++) {
            const v = curve.values[i * length + e];
            if (Number.isFinite(v)) points.push([epoch_at(i, e), v]);
        }
        return {i, points};
    };
    const prepare = () => {
        const list = coloured();
        lines = list.map(line_of);
        band = band_of(list);
        legend.replaceChildren(...lines.map((l, n) => {
            const key = element("canvas", {className: "key"});
            new CanvasPen(key, 30, 12).line([0, 6, 30, 6], colour_of(n), 2, dash_of(n));
            key.setAttribute("aria-hidden", "true");
            return element("li", {}, key, ` ${label_of(l.i)} (${cell_text(metric, l.i)})`);
        }));
    };
    const paint = (pen, f) => {
        const area = [], middle = [];
        for (const b of band) area.push(f.to_x(b.epoch), f.to_y(b.high));
        for (const b of [...band].reverse()) area.push(f.to_x(b.epoch), f.to_y(b.low));
        for (const b of band) middle.push(f.to_x(b.epoch), f.to_y(b.middle));
        if (area.length) pen.area(area, ink().band);
        pen.line(middle, ink().soft, 1.5, [1, 2]);
        lines.forEach((l, n) => {
            const points = l.points.flatMap(([x, y]) => [f.to_x(x), f.to_y(y)]);
            pen.line(points, colour_of(n), chosen.has(l.i) ? 3 : 1.5, dash_of(n));
            if (l.points.length === 1) mark(pen, "dot", ...points, colour_of(n), 5);
        });
    };
    const shown_values = () => [lines.flatMap(l => l.points.map(p => p[1])),
                                band.flatMap(b => [b.low, b.high])];
    const figure = new Figure(place, {
        name: `${data.metric}-curves`, height: 340,
        describe: () => `${curve.name} of the best ${lines.length} trials over their epochs, and ` +
            "the middle 80 % of the others as a band",
        x: () => ({label: "epoch", ...range_of([lines.flatMap(l => l.points.map(p => p[0])),
                                                band.map(b => b.epoch)], false, 0.01)}),
        y: () => ({label: curve.name, ...range_of(shown_values(), log.checked)}),
        layers: () => [paint],
        points: () => {
            const all = lines.flatMap(l => l.points.map(p => [...p, l.i]));
            return {x: all.map(p => p[0]), y: all.map(p => p[1]),
                    say: k => `epoch ${brief(all[k][0])}: ${brief(all[k][1], 5)}; trial ` +
                        `${all[k][2]}: ${label_of(all[k][2])}`};
        },
        csv: () => [["trial", "epoch", curve.name], ...lines.flatMap(l =>
            l.points.map(([x, y]) => [l.i, x, y]))],
    });
    const draw = figure.draw.bind(figure);
    figure.draw = () => { prepare(); draw(); };
    for (const c of curves) pick.append(element("option", {value: c.name, textContent: c.name,
                                                           selected: c === curve}));
    pick.onchange = () => {
        curve = curves.find(c => c.name === pick.value);
        figure.queue();
    };
    log.onchange = () => figure.queue();
}

/* --- cost --- */

function build_cost() {
    const place = document.getElementById("sweep-cost");
    const size = rows > 3000 ? 2 : rows > 500 ? 3 : 5;
    const against_seconds = element("div", {className: "plot"},
                                    element("h3", {textContent: "metric against seconds"}));
    const over_time = element("div", {className: "plot"},
                              element("h3", {textContent: "trials over time"}));
    place.append(against_seconds, over_time);
    new Figure(against_seconds, {
        name: `${data.metric}-against-seconds`,
        describe: () => `${plotted.label} against the seconds that a trial took`,
        x: () => ({label: "seconds", ...range_of([seconds.values],
                                                 spans_two_decades(seconds.values))}),
        y: metric_axis,
        layers: () => [(pen, f) => paint_trials(pen, f, i => seconds.values[i], size)],
        points: () => ({x: seconds.values, y: plotted.values, say: say_trial}),
        csv: () => [["trial", "seconds", plotted.name],
                    ...passing.map(i => [i, seconds.values[i], plotted.values[i]])],
    });
    const ends = data.ends ? numbers_of(data.ends) : trial.values;
    const best_so_far = () => {
        const list = [...trial.values].filter(i => Number.isFinite(ends[i]) &&
            Number.isFinite(plotted.values[i])).sort((a, b) => ends[a] - ends[b]);
        const steps = [];
        let best = NaN;
        for (const i of list) {
            if (!Number.isNaN(best) && !better(plotted.values[i], best)) continue;
            if (steps.length) steps.push([ends[i], best]);
            best = plotted.values[i];
            steps.push([ends[i], best]);
        }
        if (list.length) steps.push([ends[list.at(-1)], best]);
        return steps;
    };
    new Figure(over_time, {
        name: `${data.metric}-over-time`,
        describe: () => `${plotted.label} of trials in the order in which they ended, and the ` +
            "best so far as a line",
        x: () => ({label: data.ends ? "seconds since the sweep began" : "trial",
                   ...range_of([ends])}),
        y: metric_axis,
        layers: () => [(pen, f) => paint_trials(pen, f, i => ends[i], size),
                       (pen, f) => pen.line(best_so_far().flatMap(([x, y]) =>
                           [f.to_x(x), f.to_y(y)]), colour_of(1), 2)],
        points: () => ({x: ends, y: plotted.values, say: say_trial}),
        csv: () => [["trial", data.ends ? "seconds" : "order", plotted.name],
                    ...passing.map(i => [i, ends[i], plotted.values[i]])],
    });
}

/* --- beginning --- */

function press(id, action) { document.getElementById(id).onclick = action; }

if (rows > 0) {
    build_choices();
    build_table();
    press("sweep-copy", copy_rows);
    press("sweep-csv", () => page.save(`${data.name}.csv`, "text/csv",
                                       csv_of(table_rows(all_columns))));
    press("sweep-best", choose_best);
    press("sweep-clear", () => {
        find.value = "";
        chosen.clear();
        apply_filter();
    });
    find.oninput = apply_filter;
    table.onkeydown = move_current;
    box.onscroll = () => requestAnimationFrame(show_rows);
    build_scatter();
    new Parallel(document.getElementById("sweep-parallel"));
    build_curves();
    build_cost();
    apply_filter();
}
