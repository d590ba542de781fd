import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const { DateTime } = luxon;
const STEP = 15;
const SECONDS = 60;

/**
 * The plan of the workshop: technicians, or bays, over the hours of a day.
 *
 * A job is dragged to its place, or tapped and then put where is tapped next. One call
 * loads a day; the bus says when to look again.
 */
export class WorkshopBoard extends Component {
    static template = "auto_crm_service.WorkshopBoard";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.bus = useService("bus_service");
        const saved = this.props.state || {};
        this.state = useState({
            board: null,
            by: saved.by || "technicians",
            selectedId: null,
            filter: "",
            overRow: null,
        });
        useSetupAction({
            getLocalState: () => ({ by: this.state.by, day: this.board?.day }),
        });
        this.stateNames = {
            queued: _t("Waiting"),
            working: _t("In work"),
            parts: _t("Waiting for parts"),
            quality: _t("Quality check"),
            done: _t("Done"),
        };
        onWillStart(async () => {
            await this.load(saved.day);
            this.bus.addChannel(this.board.channel);
            this.bus.subscribe("auto_workshop", this.onChanged);
        });
        this.onChanged = () => {
            clearTimeout(this.soon);
            this.soon = setTimeout(() => this.reload(), 500);
        };
        this.timer = setInterval(() => this.reload(), SECONDS * 1000);
        onWillDestroy(() => {
            clearInterval(this.timer);
            clearTimeout(this.soon);
            this.bus.unsubscribe("auto_workshop", this.onChanged);
            this.bus.deleteChannel(this.board.channel);
        });
    }

    // ------------------------------------------------------------
    // Data
    // ------------------------------------------------------------

    async load(day) {
        this.state.board = await this.orm.call("auto.repair.job", "workshop_board", [], {
            day: day || false,
        });
    }

    async reload() {
        if (!document.hidden && !this.dragged) {
            await this.orm.silent
                .call("auto.repair.job", "workshop_board", [], { day: this.board.day })
                .then((board) => (this.state.board = board))
                .catch(() => {});
        }
    }

    get board() {
        return this.state.board;
    }

    get rows() {
        const name = this.state.by === "bays" ? "bay_id" : "technician_id";
        const planned = this.board.jobs.filter((job) => job.start !== null);
        const rows = this.board[this.state.by].map((row) => ({
            ...row,
            jobs: planned.filter((job) => job[name] === row.id),
        }));
        const homeless = planned.filter((job) => !job[name]);
        if (homeless.length) {
            rows.push({
                id: 0,
                name: this.state.by === "bays" ? _t("Without bay") : _t("Without technician"),
                jobs: homeless,
            });
        }
        return rows.map((row) => ({ ...row, ...this.lanes(row.jobs) }));
    }

    /** Puts jobs that overlap below each other. */
    lanes(jobs) {
        const ends = [];
        const placed = jobs.map((job) => {
            let lane = ends.findIndex((end) => end <= job.start);
            if (lane < 0) {
                lane = ends.length;
            }
            ends[lane] = job.start + job.minutes;
            return { ...job, lane };
        });
        return { jobs: placed, laneCount: Math.max(1, ends.length) };
    }

    get waiting() {
        const words = this.state.filter.trim().toLowerCase();
        return this.board.jobs.filter(
            (job) =>
                job.start === null &&
                job.state !== "parts" &&
                (!words ||
                    `${job.plate} ${job.concern} ${job.order} ${job.key_tag}`
                        .toLowerCase()
                        .includes(words))
        );
    }

    get forParts() {
        const seen = new Set();
        return this.board.jobs.filter((job) => {
            const isFirst = job.state === "parts" && !seen.has(job.order);
            seen.add(job.state === "parts" ? job.order : null);
            return isFirst;
        });
    }

    get selected() {
        return this.board.jobs.find((job) => job.id === this.state.selectedId);
    }

    get hours() {
        const hours = [];
        for (let minute = this.board.from; minute < this.board.to; minute += 60) {
            hours.push({ minute, name: this.time(minute) });
        }
        return hours;
    }

    get clashCount() {
        return this.board.jobs.filter((job) => job.clash).length;
    }

    time(minute) {
        const hour = String(Math.floor(minute / 60)).padStart(2, "0");
        return `${hour}:${String(minute % 60).padStart(2, "0")}`;
    }

    span(job) {
        return `${this.time(job.start)}–${this.time(job.start + job.minutes)}`;
    }

    share(minute) {
        return ((minute - this.board.from) / (this.board.to - this.board.from)) * 100;
    }

    barStyle(job, row) {
        const left = Math.max(this.share(job.start), 0);
        const right = Math.min(this.share(job.start + job.minutes), 100);
        const height = 100 / row.laneCount;
        return `left:${left}%;width:${Math.max(right - left, 1)}%;top:${
            job.lane * height
        }%;height:calc(${height}% - 2px)`;
    }

    barClass(job) {
        return [
            `o_auto_step_${job.state}`,
            job.clash ? "o_auto_clash" : "",
            job.is_running ? "o_auto_running" : "",
            job.id === this.state.selectedId ? "o_auto_selected" : "",
        ].join(" ");
    }

    isLocked(job) {
        return !this.board.may_plan || job.state === "done";
    }

    // ------------------------------------------------------------
    // Days and rows
    // ------------------------------------------------------------

    async goDay(days) {
        this.state.selectedId = null;
        await this.load(
            days ? DateTime.fromISO(this.board.day).plus({ days }).toISODate() : false
        );
    }

    show(by) {
        this.state.by = by;
    }

    // ------------------------------------------------------------
    // Planning
    // ------------------------------------------------------------

    select(job) {
        this.state.selectedId = this.state.selectedId === job.id ? null : job.id;
    }

    minuteAt(ev, line) {
        const box = line.getBoundingClientRect();
        const share = Math.min(Math.max((ev.clientX - box.left) / box.width, 0), 1);
        const minute = this.board.from + share * (this.board.to - this.board.from);
        return Math.min(Math.floor(minute / STEP) * STEP, 24 * 60 - STEP);
    }

    async onTap(ev, row) {
        if (this.selected && !this.isLocked(this.selected)) {
            await this.put(this.selected, row, this.minuteAt(ev, ev.currentTarget));
            this.state.selectedId = null;
        }
    }

    onDragStart(ev, job) {
        this.dragged = job;
        // Where the bar was taken hold of stays under the pointer.
        const box = ev.currentTarget.getBoundingClientRect();
        this.held = job.start === null ? 0 : (ev.clientX - box.left) / box.width;
        ev.dataTransfer.effectAllowed = "move";
        ev.dataTransfer.setData("text/plain", String(job.id));
    }

    onDragEnd() {
        this.dragged = null;
        this.state.overRow = null;
    }

    onDragOver(ev, row) {
        if (this.dragged) {
            ev.preventDefault();
            this.state.overRow = row.id;
        }
    }

    async onDrop(ev, row) {
        ev.preventDefault();
        const job = this.dragged;
        this.onDragEnd();
        if (job) {
            const minute = this.minuteAt(ev, ev.currentTarget) - this.held * job.minutes;
            await this.put(job, row, Math.max(Math.round(minute / STEP) * STEP, 0));
        }
    }

    async onDropBack(ev) {
        ev.preventDefault();
        const job = this.dragged;
        this.onDragEnd();
        if (job && job.start !== null) {
            await this.takeOff(job);
        }
    }

    async put(job, row, minute, minutes) {
        const values = { day: this.board.day, minute };
        if (row?.id) {
            values[this.state.by === "bays" ? "bay_id" : "technician_id"] = row.id;
        }
        if (minutes) {
            values.minutes = minutes;
        }
        try {
            const clash = await this.orm.call("auto.repair.job", "plan", [job.id], values);
            if (clash) {
                this.notification.add(clash, { type: "warning" });
            }
        } finally {
            await this.load(this.board.day);
        }
    }

    async stretch(minutes) {
        const job = this.selected;
        const longer = Math.max(job.minutes + minutes, STEP);
        await this.put(job, null, job.start, longer);
    }

    async takeOff(job) {
        this.state.selectedId = null;
        await this.orm.call("auto.repair.job", "unplan", [job.id]);
        await this.load(this.board.day);
    }

    async open(job) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "auto.repair.job",
            res_id: job.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("auto_crm_service.workshop_board", WorkshopBoard);
