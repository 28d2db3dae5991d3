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

    /* What lies below an element's text, and how much of the text is seen: worked out once for each
     * element of a page as it looks now. */
    const looks = () => {
        const known = new Map();
        const look_of = e => {
            if (!e) {
                const dark = matchMedia("(prefers-color-scheme: dark)").matches &&
                    getComputedStyle(document.documentElement).colorScheme.includes("dark");
                return {below: dark ? [18, 18, 18] : [255, 255, 255], opacity: 1};
            }
            if (!known.has(e)) {
                const style = getComputedStyle(e), outer = look_of(e.parentElement);
                known.set(e, {below: over(colour(style.backgroundColor), outer.below),
                              opacity: outer.opacity * style.opacity});
            }
            return known.get(e);
        };
        return look_of;
    };

    const background = (element, box, below) => {
        const rect = element instanceof SVGElement && rect_under(element, box);
        if (!rect) return below;
        const style = getComputedStyle(rect), c = [...colour(style.fill)];
        c[3] *= style.fillOpacity * style.opacity;
        return over(c, below);
    };

    const focusable = () => [...document.querySelectorAll(
        "a[href], button, input, select, textarea, summary, [tabindex]")].filter(e =>
        e.tabIndex >= 0 && !e.disabled && visible(e));

    /* What a press may change, but for what is drawn: the document, what is typed and chosen. */
    const state = () => {
        const parts = [...document.body.children].filter(e => e.tagName !== "SCRIPT")
            .map(e => e.outerHTML).concat(scrollX, scrollY);
        for (const e of document.querySelectorAll("input, select, textarea"))
            parts.push(e.value + e.checked);
        parts.push(String(copied), String(printed), getSelection().toString());
        return parts.join("\n");
    };
    /* Copies of all that is drawn; reading pixels takes long and is done only to compare. */
    const drawings = () => [...document.querySelectorAll("canvas")]
        .filter(e => e.width && e.height).map(e => {
            const copy = new OffscreenCanvas(e.width, e.height);
            copy.getContext("2d", {willReadFrequently: true}).drawImage(e, 0, 0);
            return copy;
        });
    const pixels = canvas => new Uint32Array(canvas.getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    const alike = (a, b) => {
        if (a.width !== b.width || a.height !== b.height) return false;
        const one = pixels(a), other = pixels(b);
        return one.every((pixel, i) => pixel === other[i]);
    };
    let copied = 0, printed = 0, before = null, drawn = [];

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
            const range = document.createRange(), look_of = looks();
            while (walk.nextNode()) {
                const node = walk.currentNode, e = node.parentElement;
                if (!node.data.trim() || !visible(e) || e.closest("script, style, option, title"))
                    continue;
                range.selectNodeContents(node);
                const box = range.getBoundingClientRect();
                if (box.width < 2 || box.height < 2 || e.closest(":disabled")) continue;
                const style = getComputedStyle(e), look = look_of(e);
                const below = background(e, box, look.below);
                const ink = [...colour(e instanceof SVGElement ? style.fill : style.color)];
                ink[3] *= look.opacity * (e instanceof SVGElement ? style.fillOpacity : 1);
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
            drawn = drawings();
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
        changed(alsoDrawn) {
            if (state() !== before) return true;
            const now = alsoDrawn ? drawings() : drawn;
            return now.length !== drawn.length || now.some((d, i) => !alike(d, drawn[i]));
        },

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
