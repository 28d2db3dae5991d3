/* What is asked of every page, from within it: checks.NAME() gives a list of complaints. */
(() => {
    const visible = e => e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: false})
        && e.getClientRects().length > 0;

    /* "button#save 'CSV'": enough to find it. */
    const name = e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") +
        (e.classList && e.classList.length ? "." + [...e.classList].join(".") : "") +
        " '" + (e.textContent || e.ariaLabel || "").trim().slice(0, 40) + "'";

    /* A CSS colour as [red, green, blue, alpha], whatever notation it has. */
    const paint = Object.assign(document.createElement("canvas"), {width: 1, height: 1})
        .getContext("2d", {willReadFrequently: true});
    const colours = new Map();
    const colour = text => {
        if (!colours.has(text)) {
            paint.clearRect(0, 0, 1, 1);
            paint.fillStyle = text;
            paint.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
            colours.set(text, [r, g, b, a / 255]);
        }
        return colours.get(text);
    };
    const over = (top, below) => below.map((v, i) => v + (top[i] - v) * top[3]);
    const luminance = c => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
        const v = c[i] / 255;
        return sum + weight * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    }, 0);
    const contrast = (a, b) => {
        const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
        return (high + 0.05) / (low + 0.05);
    };

    /* The rectangle of an SVG that lies under the middle of a text of it, if any. */
    const rect_under = (text, box) => {
        const svg = text.closest("svg");
        const x = box.left + box.width / 2, y = box.top + box.height / 2;
        let found = null;
        for (const shape of svg.querySelectorAll("rect")) {
            if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
            const r = shape.getBoundingClientRect();
            if (r.left <= x && x <= r.right && r.top <= y && y <= r.bottom &&
                getComputedStyle(shape).fill !== "none" && visible(shape))
                found = shape;
        }
        return found;
    };

    const background = (element, box) => {
        const layers = [];
        if (element instanceof SVGElement) {
            const rect = rect_under(element, box);
            if (rect) {
                const style = getComputedStyle(rect), c = [...colour(style.fill)];
                c[3] *= style.fillOpacity * style.opacity;
                layers.push(c);
            }
        }
        for (let e = element; e; e = e.parentElement) layers.push(
            colour(getComputedStyle(e).backgroundColor));
        const dark = matchMedia("(prefers-color-scheme: dark)").matches &&
            getComputedStyle(document.documentElement).colorScheme.includes("dark");
        return layers.reverse().reduce((below, top) => over(top, below),
            dark ? [18, 18, 18] : [255, 255, 255]);
    };

    const opacity = element => {
        let product = 1;
        for (let e = element; e; e = e.parentElement) product *= getComputedStyle(e).opacity;
        return product;
    };

    const focusable = () => [...document.querySelectorAll(
        "a[href], button, input, select, textarea, summary, [tabindex]")].filter(e =>
        e.tabIndex >= 0 && !e.disabled && visible(e));

    /* All that a press may change: the document, what is typed and chosen, what is drawn. */
    const state = () => {
        const parts = [...document.body.children].filter(e => e.tagName !== "SCRIPT")
            .map(e => e.outerHTML).concat(scrollX, scrollY);
        for (const e of document.querySelectorAll("input, select, textarea"))
            parts.push(e.value + e.checked);
        for (const e of document.querySelectorAll("canvas"))
            if (e.width && e.height) parts.push(e.toDataURL());
        parts.push(String(copied), String(printed), getSelection().toString());
        return parts.join("\n");
    };
    let copied = 0, printed = 0, before = null;

    globalThis.checks = {
        sideways() {
            const width = document.documentElement.clientWidth;
            const root = document.scrollingElement;
            const found = [];
            for (const e of [document.documentElement, document.body])
                if (/hidden|clip/.test(getComputedStyle(e).overflowX))
                    found.push(name(e).split(" ")[0] + " hides what is too wide");
            if (root.scrollWidth > width) {
                const wide = [...document.body.querySelectorAll("*")].filter(e =>
                    visible(e) && e.getBoundingClientRect().right + scrollX > width + 0.5);
                found.push(`${root.scrollWidth} px wide in ${width}: ` +
                    wide.slice(-3).map(name).join(", "));
            }
            return found;
        },

        contrast() {
            const found = [];
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const range = document.createRange();
            while (walk.nextNode()) {
                const node = walk.currentNode, e = node.parentElement;
                if (!node.data.trim() || !visible(e) || e.closest("script, style, option, title"))
                    continue;
                range.selectNodeContents(node);
                const box = range.getBoundingClientRect();
                if (box.width < 2 || box.height < 2 || e.closest(":disabled")) continue;
                const style = getComputedStyle(e), below = background(e, box);
                const ink = [...colour(e instanceof SVGElement ? style.fill : style.color)];
                ink[3] *= opacity(e) * (e instanceof SVGElement ? style.fillOpacity : 1);
                const ratio = contrast(over(ink, below), below);
                if (ratio < 4.5)
                    found.push(`${name(e)}: contrast ${ratio.toFixed(2)}`);
            }
            return [...new Set(found)];
        },

        headings() {
            const found = [];
            let level = 0;
            const all = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")];
            for (const h of all) {
                const next = Number(h.tagName[1]);
                if (next > level + 1) found.push(`${name(h)} follows a heading of level ${level}`);
                if (!h.textContent.trim()) found.push(`${name(h)} is empty`);
                level = next;
            }
            if (all.filter(h => h.tagName === "H1").length !== 1) found.push("not one h1");
            return found;
        },

        structure() {
            const found = [], ids = new Set();
            for (const e of document.querySelectorAll("[id]")) {
                if (ids.has(e.id)) found.push("twice the id " + e.id);
                ids.add(e.id);
            }
            for (const e of document.querySelectorAll("a[href^='#']"))
                if (e.getAttribute("href").length > 1 && !ids.has(e.getAttribute("href").slice(1)))
                    found.push(name(e) + " leads nowhere");
            for (const e of document.querySelectorAll("input, select, textarea, button"))
                if (!(e.labels && e.labels.length) && !e.ariaLabel && !e.title &&
                    !e.getAttribute("aria-labelledby") && !e.textContent.trim())
                    found.push(name(e) + " has no name");
            for (const e of document.querySelectorAll("canvas, svg, img"))
                if (visible(e) && !e.ariaLabel && !e.alt && !e.getAttribute("aria-labelledby") &&
                    !e.querySelector("title") && e.ariaHidden !== "true" &&
                    !e.closest("[aria-hidden=true]"))
                    found.push(name(e) + " has no text for those who don't see it");
            if (!document.documentElement.lang) found.push("the language is not said");
            if (!document.title.trim()) found.push("no title");
            if (document.querySelectorAll("main").length !== 1) found.push("not one main");
            if (document.querySelector("[style]") &&
                document.querySelector("meta[http-equiv=Content-Security-Policy]"))
                for (const e of document.querySelectorAll("[style]"))
                    if (e.outerHTML.includes("style=") && !e.style.length)
                        found.push(name(e) + " has a style attribute");
            return found;
        },

        /* --- pressing everything --- */

        watch() {
            for (const method of ["write", "writeText"])
                if (navigator.clipboard) navigator.clipboard[method] = async () => { copied++; };
            const command = document.execCommand.bind(document);
            document.execCommand = (what, ...more) => {
                if (what === "copy") { copied++; return true; }
                return command(what, ...more);
            };
            globalThis.print = () => { printed++; };
        },

        /* How many there are to press; they are numbered in the order of the document. */
        controls() {
            globalThis.pressed = [...document.querySelectorAll(
                "button, summary, select, input, textarea, [role=button]")]
                .filter(e => !e.disabled && (visible(e) || e.closest("details:not([open])")));
            return pressed.map(name);
        },

        /* Presses, chooses or types. false: it is gone; "chosen": it showed that choice before. */
        press(index) {
            const e = pressed[index];
            for (let d = e.closest("details:not([open])"); d && e.parentElement !== d;
                d = d.parentElement.closest("details:not([open])")) d.open = true;
            if (!e.isConnected || e.disabled || !visible(e)) return false;
            before = state();
            if (e.tagName === "SELECT") {
                if (e.options.length < 2) return false;
                e.selectedIndex = (e.selectedIndex + 1) % e.options.length;
                e.dispatchEvent(new Event("input", {bubbles: true}));
                e.dispatchEvent(new Event("change", {bubbles: true}));
                return true;
            }
            if (e.tagName === "TEXTAREA" || (e.tagName === "INPUT" &&
                !/^(checkbox|radio|button|submit|reset)$/.test(e.type))) {
                e.value = e.type === "range" || e.type === "number" ? (e.min || "1") : "x";
                e.dispatchEvent(new Event("input", {bubbles: true}));
                e.dispatchEvent(new Event("change", {bubbles: true}));
                return true;
            }
            const chosen = e.checked && e.type === "radio" || ["aria-pressed", "aria-selected",
                "aria-checked"].some(a => e.getAttribute(a) === "true");
            e.click();
            return chosen ? "chosen" : true;
        },
        changed() { return state() !== before; },

        /* --- the keyboard --- */

        /* Numbers what Tab has to reach; of radio buttons of one name only the chosen one. */
        stops() {
            const groups = new Set();
            globalThis.stops = focusable().filter(e => {
                if (e.type !== "radio" || !e.name) return true;
                const group = [...document.getElementsByName(e.name)];
                if (groups.has(e.name)) return false;
                if (group.some(r => r.checked) && !e.checked) return false;
                groups.add(e.name);
                return true;
            });
            globalThis.plain = stops.map(look);
            document.activeElement.blur();
            scrollTo(0, 0);
            return stops.map(name);
        },

        /* Where the focus is: its number, -1 for what is none of them, and whether it shows. */
        focus() {
            const e = document.activeElement, index = stops.indexOf(e);
            if (e === document.body || !e) return {index: -1, shown: true, end: true};
            const style = getComputedStyle(e);
            const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
            return {index, shown: index < 0 || ring || look(e) !== plain[index], end: false};
        },
    };
    const look = e => {
        const s = getComputedStyle(e);
        return [s.boxShadow, s.backgroundColor, s.borderColor, s.color, s.textDecoration].join();
    };
})();
