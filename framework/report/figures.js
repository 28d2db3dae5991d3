/*
 * figures.js - plots of many thousand points that stay quick: scatter, lines, bands, on a canvas.
 *
 *     new Figure(box, {title, x: {label, log}, y: {label}, layers: () => [dots, line, band], ...})
 *
 * A layer is drawn by a pen. There are two, of the same calls: one paints the canvas, one writes
 * the SVG that "save as SVG" gives. A figure is redrawn when its box changes its width, when the
 * system turns dark or light, and for paper, where it is light. Arrow keys walk along its points
 * and the line below it says what is there; the mouse does the same.
 */
"use strict";

document.documentElement.classList.add("scripts");

/* The colours of page.css, as they are now; behind the eighth the dashes change. */
const palette = (() => {
    let known = null;
    const read = () => ({
        ink: page.colour("--text"), soft: page.colour("--quiet"), line: page.colour("--rule"),
        grid: page.colour("--line"), paper: page.colour("--ground"), band: page.colour("--band"),
        faint: page.colour("--faint"),
        series: Array.from({length: 8}, (_, i) => page.colour("--c" + i)),
    });
    return {get: () => known ||= read(), forget: () => { known = null; }};
})();
const ink = () => palette.get();
const colour_of = i => palette.get().series[i % 8];
const dash_of = i => page.dashes[Math.floor(i / 8) % page.dashes.length];

/* "0.0125", "1.2e-7": as many digits as tell neighbours apart on a screen. */
function brief(value, digits = 4) {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "-" : String(value);
    if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
    return String(Number(value.toPrecision(digits))).replace("e+", "e");
}

/* page.make with properties instead of attributes. */
function element(tag, properties = {}, ...children) {
    const e = Object.assign(document.createElement(tag), properties);
    e.append(...children);
    return e;
}

/* A field of CSV. Text that a spreadsheet would run as a formula gets an apostrophe. */
function csv_cell(value) {
    if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? "'" + value : value;
    return /[",\n\r]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
}
const csv_of = rows => rows.map(row => row.map(csv_cell).join(",")).join("\n") + "\n";

/* Work that one frame has room for: a job each, the newest of a name only. */
const waiting = new Map();
function soon(name, job) {
    if (waiting.size === 0) requestAnimationFrame(next_job);
    waiting.set(name, job);
}
function next_job() {
    const [name, job] = waiting.entries().next().value;
    waiting.delete(name);
    if (waiting.size > 0) requestAnimationFrame(next_job);
    job();
}

/* --- scales --- */

/* Numbers that a person would choose, between min and max. */
function ticks_of(min, max, count) {
    const rough = (max - min) / Math.max(1, count), power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map(m => m * power).find(s => s >= rough * 0.999);
    const list = [];
    for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i++)
        list.push(Number((i * step).toPrecision(12)));
    return list;
}

/* Powers of ten; between few of them also 2 and 5, or where even these are none, plain steps. */
function log_ticks(min, max, count) {
    const low = Math.ceil(Math.log10(min) - 1e-9), high = Math.floor(Math.log10(max) + 1e-9);
    const every = Math.max(1, Math.ceil((high - low + 1) / Math.max(1, count)));
    let list = [];
    for (let p = low; p <= high; p += every) list.push(Number("1e" + p));
    if (list.length < 3) {
        list = [];
        for (let p = low - 1; p <= high; p++)
            for (const m of [1, 2, 5]) {
                const v = Number(`${m}e${p}`);
                if (v >= min * 0.999 && v <= max * 1.001) list.push(v);
            }
    }
    return list.length < 2 ? ticks_of(min, max, count) : list;
}

/* A scale from values to 0..1: axis is {min, max, log, marks, words}. Words stand in the middle of
 * equal parts; marks are the ticks, where there are few values. */
function scale_of(axis) {
    if (axis.words) {
        const n = Math.max(1, axis.words.length);
        return {at: v => (v + 0.5) / n, back: t => Math.min(n - 1, Math.max(0, Math.floor(t * n))),
                ticks: () => axis.words.map((w, i) => [i, w])};
    }
    let {min, max, marks} = axis;
    const log = axis.log && min > 0;
    if (!(max > min)) {
        const room = Math.abs(min) / 10 || 1;
        [min, max] = log ? [min / 2, min * 2] : [min - room, max + room];
    }
    const to = log ? Math.log10 : v => v, from = log ? t => 10 ** t : t => t;
    const a = to(min), b = to(max);
    return {at: v => (to(v) - a) / (b - a), back: t => from(a + t * (b - a)), min, max,
            ticks: count => (marks || (log ? log_ticks : ticks_of)(min, max, count))
                .map(v => [v, brief(v)])};
}

/* The range of the finite numbers of several lists; with `room` a little more on both sides. */
function range_of(lists, log, room = 0.04) {
    let min = Infinity, max = -Infinity;
    for (const list of lists)
        for (const v of list)
            if (Number.isFinite(v) && (!log || v > 0)) {
                if (v < min) min = v;
                if (v > max) max = v;
            }
    if (min > max) return {min: log ? 1 : 0, max: log ? 10 : 1, log};
    if (log) return {min: min / (max / min) ** room, max: max * (max / min) ** room, log};
    return {min: min - (max - min) * room, max: max + (max - min) * room, log};
}

const spans_two_decades = list => {
    const {min, max} = range_of([list], false, 0);
    return min > 0 && max / min >= 100;
};

/* --- pens --- */

class CanvasPen {
    constructor(canvas, width, height) {
        const ratio = devicePixelRatio || 1;
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        canvas.style.height = height + "px";
        this.to = canvas.getContext("2d");
        this.to.scale(ratio, ratio);
        this.to.clearRect(0, 0, width, height);
    }
    rect(x, y, w, h, fill) { this.to.fillStyle = fill; this.to.fillRect(x, y, w, h); }
    /* points: [x, y, x, y, ...]; NaN lifts the pen. */
    line(points, colour, width = 1, dash = []) {
        const to = this.to;
        to.strokeStyle = colour;
        to.lineWidth = width;
        to.setLineDash(dash);
        to.beginPath();
        for (let i = 0, down = false; i < points.length; i += 2) {
            if (Number.isNaN(points[i]) || Number.isNaN(points[i + 1])) { down = false; continue; }
            if (down) to.lineTo(points[i], points[i + 1]); else to.moveTo(points[i], points[i + 1]);
            down = true;
        }
        to.stroke();
        to.setLineDash([]);
    }
    area(points, fill) {
        this.to.fillStyle = fill;
        this.to.beginPath();
        for (let i = 0; i < points.length; i += 2) this.to.lineTo(points[i], points[i + 1]);
        this.to.fill();
    }
    text(words, x, y, colour, align = "left", turn = 0) {
        const to = this.to;
        to.save();
        to.translate(x, y);
        to.rotate(turn * Math.PI / 180);
        to.font = "12px system-ui, sans-serif";
        to.textAlign = align;
        to.textBaseline = "middle";
        to.fillStyle = colour;
        to.fillText(words, 0, 0);
        to.restore();
    }
    width_of(words) {
        this.to.font = "12px system-ui, sans-serif";
        return this.to.measureText(words).width;
    }
    clip(x, y, w, h) {
        this.to.save();
        this.to.beginPath();
        this.to.rect(x, y, w, h);
        this.to.clip();
    }
    unclip() { this.to.restore(); }
}

const escape_text = s => s.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");

class SvgPen {
    constructor(width, height, measure) {
        this.measure = measure;
        this.clips = 0;
        this.parts = [`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" ` +
            `height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" ` +
            `font-size="12">`];
        this.rect(0, 0, width, height, ink().paper);
    }
    round(v) { return Math.round(v * 10) / 10; }
    rect(x, y, w, h, fill) {
        const r = this.round;
        this.parts.push(`<rect x="${r(x)}" y="${r(y)}" width="${r(w)}" height="${r(h)}" ` +
            `fill="${fill}"/>`);
    }
    line(points, colour, width = 1, dash = []) {
        let path = "";
        for (let i = 0, down = false; i < points.length; i += 2) {
            if (Number.isNaN(points[i]) || Number.isNaN(points[i + 1])) { down = false; continue; }
            path += `${down ? "L" : "M"}${this.round(points[i])} ${this.round(points[i + 1])}`;
            down = true;
        }
        this.parts.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}"` +
            (dash.length ? ` stroke-dasharray="${dash}"` : "") + "/>");
    }
    area(points, fill) {
        const list = Array.from(points, this.round).join(" ");
        this.parts.push(`<polygon points="${list}" fill="${fill}"/>`);
    }
    text(words, x, y, colour, align = "left", turn = 0) {
        const anchor = {left: "start", center: "middle", right: "end"}[align];
        const at = `translate(${this.round(x)} ${this.round(y)}) rotate(${turn})`;
        this.parts.push(`<text transform="${at}" ` +
            `dy="0.35em" text-anchor="${anchor}" fill="${colour}">${escape_text(words)}</text>`);
    }
    width_of(words) { return this.measure(words); }
    clip(x, y, w, h) {
        this.parts.push(`<clipPath id="c${++this.clips}"><rect x="${x}" y="${y}" width="${w}" ` +
            `height="${h}"/></clipPath><g clip-path="url(#c${this.clips})">`);
    }
    unclip() { this.parts.push("</g>"); }
    whole() { return this.parts.join("\n") + "\n</svg>\n"; }
}

/* A mark at a point: dot, ring, cross, square, dash; told apart without colour. */
function mark(pen, shape, x, y, colour, size = 3) {
    if (shape === "dot") pen.rect(x - size / 2, y - size / 2, size, size, colour);
    else if (shape === "ring") pen.line([x - size, y, x, y - size, x + size, y, x, y + size,
                                         x - size, y], colour, 1.5);
    else if (shape === "square") pen.line([x - size, y - size, x + size, y - size, x + size,
                                           y + size, x - size, y + size, x - size, y - size],
                                          colour, 1.5);
    else if (shape === "cross") pen.line([x - size, y - size, x + size, y + size, NaN, NaN,
                                          x - size, y + size, x + size, y - size], colour, 1.5);
    else pen.line([x - 3 * size, y, x + 3 * size, y], colour, 2);
}

/* --- figures --- */

const figures = [];

/* A word cut to a width, its end as "…". */
function fit(pen, words, width) {
    if (pen.width_of(words) <= width) return words;
    let n = words.length;
    while (n > 1 && pen.width_of(words.slice(0, n) + "…") > width) n--;
    return words.slice(0, n) + "…";
}

class Figure {
    /*
     * box: an element of the page. facts: {
     *   name        of saved files
     *   describe    () => one sentence about what is drawn
     *   x, y        () => axes: {label, min, max, log, words}
     *   layers      () => functions (pen, at_x, at_y, figure) that draw
     *   points      () => {x, y, say(i)}: what the mouse and arrow keys find; NaN is passed over
     *   csv         () => rows of cells
     *   height      pixels }
     */
    constructor(box, facts) {
        Object.assign(this, {height: 260}, facts);
        this.box = box;
        this.canvas = element("canvas", {tabIndex: 0});
        this.canvas.setAttribute("role", "img");
        this.said = element("p", {className: "said"});
        this.said.setAttribute("aria-live", "polite");
        const save = (type, ending, make) =>
            page.save(`${this.name}.${ending}`, type, make());
        const tools = element("div", {className: "controls"},
            page.button("Save as SVG", () => save("image/svg+xml", "svg", () => this.svg())),
            page.button("Save as CSV", () => save("text/csv", "csv", () => csv_of(this.csv()))));
        box.append(this.canvas, this.said, tools);
        this.at = -1;
        this.canvas.onpointermove = this.canvas.onpointerdown = e => this.point(e);
        this.canvas.onpointerleave = () => this.say(-1);
        this.canvas.onkeydown = e => this.walk(e);
        figures.push(this);
        new ResizeObserver(() => this.queue()).observe(box);
    }

    queue() { soon(this, () => this.draw()); }

    draw() {
        this.width = Math.max(200, this.box.clientWidth);
        this.paint(this.pen = new CanvasPen(this.canvas, this.width, this.height));
        this.canvas.setAttribute("aria-label", this.describe());
        if (this.at >= 0) this.ring();
    }

    svg() {
        const pen = new SvgPen(this.width, this.height, words => this.pen.width_of(words));
        this.paint(pen);
        return pen.whole();
    }

    paint(pen) {
        const x_axis = this.x(), y_axis = this.y();
        const x = scale_of(x_axis), y = scale_of(y_axis), colours = ink();
        const y_ticks = y.ticks(Math.max(2, Math.floor(this.height / 50)));
        const left = Math.ceil(Math.max(...y_ticks.map(t => pen.width_of(t[1])), 20)) + 26;
        const area = {left, top: 12, right: this.width - 14, bottom: this.height - 44};
        this.to_x = v => area.left + x.at(v) * (area.right - area.left);
        this.to_y = v => area.bottom - y.at(v) * (area.bottom - area.top);
        this.area = area;
        for (const [v, words] of y_ticks) {
            pen.line([area.left, this.to_y(v), area.right, this.to_y(v)], colours.grid);
            pen.text(words, area.left - 6, this.to_y(v), colours.soft, "right");
        }
        this.paint_x(pen, x, x_axis, area, colours);
        pen.text(fit(pen, y_axis.label, area.bottom - area.top), 8,
                 (area.top + area.bottom) / 2, colours.ink, "center", -90);
        pen.clip(area.left - 4, area.top - 4, area.right - area.left + 8,
                 area.bottom - area.top + 8);
        for (const layer of this.layers()) layer(pen, this);
        pen.unclip();
        pen.line([area.left, area.top, area.left, area.bottom, area.right, area.bottom],
                 colours.line);
    }

    /* Ticks that would touch the one before are left out; words are cut to their part. */
    paint_x(pen, x, axis, area, colours) {
        const part = (area.right - area.left) / (axis.words ? axis.words.length : 1);
        let free = -Infinity;
        for (const [v, whole] of x.ticks(Math.max(2, Math.floor((area.right - area.left) / 70)))) {
            const at = this.to_x(v), words = axis.words ? fit(pen, whole, Math.max(24, part - 6))
                : whole, half = pen.width_of(words) / 2;
            pen.line([at, area.bottom, at, area.bottom + 4], colours.line);
            if (at - half < free) continue;
            const inside = Math.min(Math.max(at, half + 2), this.width - half - 2);
            pen.text(words, inside, area.bottom + 14, colours.soft, "center");
            free = at + half + 8;
        }
        pen.text(fit(pen, axis.label + (axis.log ? " (log)" : ""), area.right - area.left),
                 (area.left + area.right) / 2, this.height - 10, colours.ink, "center");
    }

    /* --- finding points --- */

    /* The nearest point to the pointer, within 24 pixels. */
    point(event) {
        const r = this.canvas.getBoundingClientRect(), {x, y} = this.points();
        const px = event.clientX - r.left, py = event.clientY - r.top;
        let best = -1, least = 24 * 24;
        for (let i = 0; i < x.length; i++) {
            const dx = this.to_x(x[i]) - px, dy = this.to_y(y[i]) - py, d = dx * dx + dy * dy;
            if (d < least) [best, least] = [i, d];
        }
        this.say(best);
    }

    /* To the next point on the right or left; Home and End to the first and last. */
    walk(event) {
        const step = {ArrowRight: 1, ArrowLeft: -1, Home: 0, End: 0}[event.key];
        if (step === undefined) return;
        event.preventDefault();
        const {x, y} = this.points();
        const order = [...x.keys()].filter(i => Number.isFinite(x[i]) && Number.isFinite(y[i]));
        order.sort((a, b) => x[a] - x[b] || a - b);
        if (order.length === 0) return;
        const now = order.indexOf(this.at);
        const next = event.key === "Home" ? 0 : event.key === "End" ? order.length - 1
            : Math.min(order.length - 1, Math.max(0, now < 0 ? 0 : now + step));
        this.say(order[next]);
    }

    say(i) {
        if (i === this.at) return;
        this.at = i;
        this.said.textContent = i < 0 ? "" : this.points().say(i);
        this.queue();
    }

    ring() {
        const {x, y} = this.points(), at_x = this.to_x(x[this.at]), at_y = this.to_y(y[this.at]);
        if (Number.isFinite(at_x) && Number.isFinite(at_y))
            mark(this.pen, "square", at_x, at_y, ink().ink, 6);
    }
}

function redraw_all() {
    palette.forget();
    for (const f of figures) f.draw();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw_all);
for (const [event, paper] of [["beforeprint", true], ["afterprint", false]])
    addEventListener(event, () => {
        document.documentElement.classList.toggle("paper-colours", paper);
        redraw_all();
    });
