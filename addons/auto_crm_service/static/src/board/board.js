/**
 * The electronic board. Plain JavaScript, since televisions have old browsers and the
 * page has no login. The bus says that something has changed, nothing more; without
 * it the page asks every half minute.
 */
(function () {
    "use strict";

    var body = document.body;
    var token = body.dataset.token;
    var state = { data: null, page: 0, failed: 0, isLive: false, soon: null };

    function element(id) {
        return document.getElementById(id);
    }

    function make(tag, className, text) {
        var node = document.createElement(tag);
        node.className = className;
        node.textContent = text || "";
        return node;
    }

    function load() {
        fetch("/auto/board/" + token + "/data", { cache: "no-store" })
            .then(function (answer) {
                if (answer.status === 404) {
                    // Switched off, or moved to another address.
                    state.data = null;
                    element("rows").textContent = "";
                    throw new Error("gone");
                }
                if (!answer.ok) {
                    throw new Error("failed");
                }
                return answer.json();
            })
            .then(function (data) {
                state.data = data;
                state.failed = 0;
                draw();
            })
            .catch(function () {
                state.failed++;
                element("offline").hidden = state.failed < 2;
            });
    }

    function soon() {
        clearTimeout(state.soon);
        state.soon = setTimeout(load, 400);
    }

    function pages() {
        return Math.max(1, Math.ceil(state.data.rows.length / state.data.rows_per_page));
    }

    function draw() {
        var data = state.data;
        document.documentElement.lang = data.lang;
        element("title").textContent = data.title;
        element("subtitle").textContent = data.subtitle;
        element("offline").textContent = data.words.offline;
        element("offline").hidden = true;
        element("cars").textContent = data.words.cars;
        state.page = state.page % pages();
        element("page").textContent = pages() > 1 ? state.page + 1 + " / " + pages() : "";
        var begin = state.page * data.rows_per_page;
        var rows = data.rows.slice(begin, begin + data.rows_per_page);
        var table = element("rows");
        table.textContent = "";
        table.style.setProperty("--rows", data.rows_per_page);
        table.style.setProperty(
            "--columns",
            data.columns
                .map(function (column) {
                    return { plate: "1.25fr", state: "1.5fr", promised: "1.7fr" }[column[0]] || "1fr";
                })
                .join(" ")
        );
        var head = make("div", "row head");
        data.columns.forEach(function (column) {
            head.appendChild(make("div", column[0], column[1]));
        });
        table.appendChild(head);
        rows.forEach(function (row) {
            var line = make("div", "row" + (row.is_late ? " late" : "") + " step_" + row.step);
            data.columns.forEach(function (column) {
                var cell = make("div", column[0], "");
                if (column[0] === "state") {
                    cell.appendChild(make("span", "badge", row.state));
                } else {
                    cell.textContent = row[column[0]];
                }
                if (column[0] === "promised" && row.is_late) {
                    cell.appendChild(make("span", "word", data.words.late));
                }
                line.appendChild(cell);
            });
            table.appendChild(line);
        });
        if (!rows.length) {
            table.appendChild(make("div", "empty", data.words.empty));
        }
        clock();
    }

    function turn() {
        var wait = state.data ? state.data.seconds_per_page : 10;
        setTimeout(function () {
            if (state.data && pages() > 1) {
                state.page++;
                draw();
            }
            turn();
        }, wait * 1000);
    }

    function clock() {
        var options = { hour: "2-digit", minute: "2-digit", hour12: false };
        if (state.data) {
            options.timeZone = state.data.tz;
        }
        element("clock").textContent = new Date().toLocaleTimeString("en-GB", options);
    }

    function listen(wait) {
        var scheme = location.protocol === "https:" ? "wss://" : "ws://";
        var socket;
        function again() {
            state.isLive = false;
            body.classList.remove("live");
            setTimeout(listen, wait, Math.min(wait * 2, 60000));
        }
        try {
            socket = new WebSocket(
                scheme + location.host + "/websocket?version=" + body.dataset.version
            );
        } catch (error) {
            again();
            return;
        }
        socket.onopen = function () {
            wait = 5000;
            state.isLive = true;
            body.classList.add("live");
            socket.send(
                JSON.stringify({
                    event_name: "subscribe",
                    data: { channels: ["auto_screen_" + token], last: 0 },
                })
            );
            soon();
        };
        socket.onmessage = soon;
        socket.onclose = again;
    }

    load();
    turn();
    listen(5000);
    setInterval(clock, 1000);
    var ticks = 0;
    setInterval(function () {
        ticks++;
        if (!state.isLive || ticks % 4 === 0) {
            load();
        }
    }, 30000);
    // A new version of the page is fetched once a day.
    setTimeout(function () {
        location.reload();
    }, 24 * 3600 * 1000);
})();
