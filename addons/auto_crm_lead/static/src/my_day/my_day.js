import { Component, onWillStart, useExternalListener, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const { DateTime } = luxon;

/**
 * My day: what a consultant does today, card by card, without leaving the screen.
 *
 * One call loads everything, one call logs a contact; the next card comes up by
 * itself. On a narrow screen the list and the card take turns.
 */
export class MyDay extends Component {
    static template = "auto_crm_lead.MyDay";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.ui = useService("ui");
        this.root = useRef("root");
        this.state = useState({
            day: null,
            section: null,
            currentId: null,
            /** on a narrow screen: whether the card covers the list */
            open: false,
            mode: "log",
            busy: false,
            form: {},
            shelve: {},
        });
        this.sectionNames = {
            waking: _t("Woken up"),
            new: _t("Just in"),
            overdue: _t("Overdue"),
            today: _t("Due today"),
        };
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev));
        onWillStart(() => this.load());
    }

    // ------------------------------------------------------------
    // Data
    // ------------------------------------------------------------

    async load(userId) {
        const day = await this.orm.call("crm.lead", "my_day", [], {
            user_id: userId || this.state.day?.user.id || user.userId,
        });
        this.state.day = day;
        if (!day.cards.some((card) => card.id === this.state.currentId)) {
            this.setCurrent(day.cards[0], false);
        } else {
            this.resetForm();
        }
    }

    get day() {
        return this.state.day;
    }

    get cards() {
        return this.state.section
            ? this.day.cards.filter((card) => card.section === this.state.section)
            : this.day.cards;
    }

    get current() {
        return this.day.cards.find((card) => card.id === this.state.currentId);
    }

    get isOther() {
        return this.day.user.id !== user.userId;
    }

    get todayText() {
        return deserializeDate(this.day.today).toLocaleString({
            weekday: "long",
            day: "numeric",
            month: "long",
        });
    }

    get sections() {
        return this.day.sections
            .map((key) => ({
                key,
                name: this.sectionNames[key],
                cards: this.cards.filter((card) => card.section === key),
            }))
            .filter((section) => section.cards.length);
    }

    count(section) {
        return this.day.cards.filter((card) => card.section === section).length;
    }

    date(text) {
        return text ? formatDate(deserializeDate(text)) : "";
    }

    moment(text) {
        return deserializeDateTime(text).toLocaleString(DateTime.DATETIME_SHORT);
    }

    ago(text) {
        return deserializeDateTime(text).toRelative() || "";
    }

    phoneHref(card) {
        return `tel:${card.phone.replace(/[^+\d]/g, "")}`;
    }

    /** A masked number cannot be dialled. */
    canCall(card) {
        return card.phone && !card.phone.includes("*");
    }

    dueText(card) {
        if (card.section === "new" && card.waiting) {
            return _t("waits %s", card.waiting);
        }
        if (card.days_overdue === 1) {
            return _t("1 day overdue");
        }
        if (card.days_overdue) {
            return _t("%s days overdue", card.days_overdue);
        }
        return _t("today");
    }

    // ------------------------------------------------------------
    // Choosing
    // ------------------------------------------------------------

    setCurrent(card, open = true) {
        this.state.currentId = card ? card.id : null;
        this.state.open = Boolean(card && open);
        this.state.mode = "log";
        this.resetForm();
        if (this.root.el) {
            this.root.el.querySelector(".o_auto_my_day_detail")?.scrollTo(0, 0);
        }
    }

    resetForm() {
        const card = this.current;
        this.state.form = {
            channel: "phone",
            direction: "out",
            result: "",
            summary: "",
            next_step: "",
            grade_id: card?.grade_id || 0,
            horizon_id: card?.horizon_id || 0,
            next_date: "",
            dateTouched: false,
            missing: false,
        };
        this.proposeDate();
        this.state.shelve = {
            wake_date: DateTime.now().plus({ months: 1 }).toISODate(),
            reason: "",
        };
    }

    proposeDate() {
        const card = this.current;
        const form = this.state.form;
        if (!card || form.dateTouched) {
            return;
        }
        if (form.result === "opt_out") {
            form.next_date = "";
            return;
        }
        const dates = this.day.next_dates[card.company_id] || {};
        form.next_date = dates[form.grade_id || 0] || "";
    }

    get dateReason() {
        const form = this.state.form;
        if (form.result === "opt_out") {
            return _t("The customer wants no more contact: nothing more is due.");
        }
        if (form.dateTouched) {
            return _t("Chosen by you.");
        }
        const grade = this.day.grades.find((item) => item.id === form.grade_id);
        if (!grade) {
            return _t("Not graded yet: due again the next working day.");
        }
        return grade.interval === 1
            ? _t("Grade %s: every day.", grade.code)
            : _t("Grade %(code)s: every %(days)s days.", {
                  code: grade.code,
                  days: grade.interval,
              });
    }

    setSection(section) {
        this.state.section = this.state.section === section ? null : section;
        if (!this.cards.some((card) => card.id === this.state.currentId)) {
            this.setCurrent(this.cards[0], false);
        }
    }

    pick(field, value) {
        const form = this.state.form;
        form[field] = form[field] === value && field === "result" ? "" : value;
        if (field === "grade_id" || field === "result") {
            this.proposeDate();
        }
    }

    onDateInput(ev) {
        this.state.form.next_date = ev.target.value;
        this.state.form.dateTouched = true;
    }

    move(step) {
        const cards = this.sections.flatMap((section) => section.cards);
        const index = cards.findIndex((card) => card.id === this.state.currentId);
        const next = cards[Math.min(cards.length - 1, Math.max(0, index + step))];
        if (next && next.id !== this.state.currentId) {
            this.setCurrent(next, this.state.open);
            this.root.el.querySelector(`[data-card="${next.id}"]`)?.focus();
        }
    }

    onKeydown(ev) {
        if (!this.day || document.querySelector(".modal")) {
            return;
        }
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey) && this.current) {
            ev.preventDefault();
            this.state.mode === "log" ? this.save(true) : this.shelve();
        } else if (ev.key === "Escape" && this.state.open) {
            this.back();
        } else if (
            ["ArrowDown", "ArrowUp"].includes(ev.key) &&
            ev.target.closest(".o_auto_my_day_list")
        ) {
            ev.preventDefault();
            this.move(ev.key === "ArrowDown" ? 1 : -1);
        }
    }

    back() {
        this.state.open = false;
        this.state.mode = "log";
    }

    // ------------------------------------------------------------
    // Doing
    // ------------------------------------------------------------

    async save(goOn) {
        const form = this.state.form;
        const card = this.current;
        if (this.state.busy || !card) {
            return;
        }
        form.missing = !form.summary.trim();
        if (form.missing) {
            this.root.el.querySelector("textarea[name=summary]")?.focus();
            return;
        }
        const { dateTouched, missing, ...values } = form;
        if (!dateTouched) {
            // The server proposes by the rules; only a chosen date is sent.
            delete values.next_date;
        }
        await this.finish(
            () => this.orm.call("crm.lead", "my_day_log", [card.id, values]),
            card,
            goOn,
            (date) =>
                date
                    ? _t("Logged. Next contact with %(name)s: %(date)s", {
                          name: card.name,
                          date: this.date(date),
                      })
                    : _t("Logged.")
        );
        this.day.done_today += 1;
    }

    async shelve() {
        const card = this.current;
        const { wake_date, reason } = this.state.shelve;
        if (this.state.busy || !card || !wake_date) {
            return;
        }
        await this.finish(
            () => this.orm.call("crm.lead", "my_day_shelve", [card.id, wake_date, reason]),
            card,
            true,
            (date) => _t("Shelved until %s", this.date(date))
        );
    }

    /** Run `call`, take the card out of the day or update it, and go on. */
    async finish(call, card, goOn, message) {
        const order = this.sections.flatMap((section) => section.cards);
        const index = order.findIndex((item) => item.id === card.id);
        this.state.busy = true;
        let outcome;
        try {
            outcome = await call();
        } finally {
            this.state.busy = false;
        }
        this.notification.add(message(outcome.next_date), { type: "success" });
        const cards = this.day.cards;
        const position = cards.findIndex((item) => item.id === card.id);
        if (outcome.card) {
            cards.splice(position, 1, outcome.card);
        } else {
            cards.splice(position, 1);
            this.day.total -= 1;
        }
        const left = order.filter((item) => cards.some((other) => other.id === item.id));
        if (goOn || !outcome.card) {
            const next =
                order.slice(index + 1).find((item) => left.includes(item)) ||
                left.find((item) => item.id !== card.id) ||
                cards.find((item) => item.id !== card.id);
            this.setCurrent(next, this.state.open && goOn);
        } else {
            this.resetForm();
        }
    }

    shelveIn(months, days = 0) {
        this.state.shelve.wake_date = DateTime.now().plus({ months, days }).toISODate();
    }

    get tomorrow() {
        return DateTime.now().plus({ days: 1 }).toISODate();
    }

    driveTime(drive) {
        const start = deserializeDateTime(drive.start);
        return start.hasSame(DateTime.now(), "day")
            ? start.toLocaleString(DateTime.TIME_SIMPLE)
            : start.toLocaleString(DateTime.DATETIME_SHORT);
    }

    openDrive(drive) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: drive.lead_id ? "crm.lead" : "auto.test.drive",
            res_id: drive.lead_id || drive.id,
            views: [[false, "form"]],
        });
    }

    openLead(card) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.lead",
            res_id: card.id,
            views: [[false, "form"]],
        });
    }

    openProspects() {
        return this.action.doAction("auto_crm_lead.crm_lead_action");
    }

    switchUser(ev) {
        this.state.section = null;
        this.state.currentId = null;
        this.state.open = false;
        return this.load(parseInt(ev.target.value));
    }
}

registry.category("actions").add("auto_crm_lead.my_day", MyDay);
