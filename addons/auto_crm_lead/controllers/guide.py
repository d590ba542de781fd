import math
import secrets
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from odoo import http
from odoo.http import request

from .prospect_form import ProspectForm

FIELDS = (
    "name",
    "phone",
    "email",
    "city",
    "wish",
    "day",
    "clock",
    "horizon",
    "message",
    "consent",
    "marketing",
)
#: The needs that are asked for, as the addresses carry them.
NEEDS = ("budget", "seats", "body", "fuel", "use")
#: More models beside each other fit on no screen.
MAX_COMPARED = 4
#: So many days ahead a test drive is asked for.
DRIVE_DAYS = 60
#: When a store has no working hours.
OPEN_HOURS = (9, 18)


class GuidePages(ProspectForm, http.Controller):
    """The buying guide of a store: its models by need, side by side, and a wish.

    Everything works without JavaScript, by links and forms. Only published models of
    the brands that the door names are shown, and prices only where the door says so.
    """

    _stamp_scope = "auto_crm_lead-guide"
    _form_prefix = "guide"

    @http.route(
        "/auto/guide/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show(self, token, lang=None, **params):
        door = self._guide(token)
        self._set_language(lang)
        published = self._models(door)
        needs = self._needs(door, published, params)
        found, missing = self._find(door, published, needs, params.get("q"))
        return self._page(
            door,
            "auto_crm_lead.guide_models",
            params,
            models=found,
            missing=missing,
            needs=needs,
            choices=self._choices(door, published),
            words=str(params.get("q") or "")[:60],
        )

    @http.route(
        "/auto/guide/<string:token>/model/<int:model_id>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show_model(self, token, model_id, lang=None, **params):
        door = self._guide(token)
        self._set_language(lang)
        model = self._model(door, model_id)
        sheet = request.env["auto.model.sheet"].sudo()  # a published model's own
        sheet = sheet.with_context(lang=request.env.lang)
        return self._page(
            door,
            "auto_crm_lead.guide_model",
            params,
            model=model,
            rows=sheet.with_context(lang=request.env.lang)._sheet(
                [model], prices=False
            ),
            price=self._price(door, model),
            trims=model.trim_ids.filtered("list_price") if door.guide_prices else [],
            here=f"model/{model.id}",
        )

    @http.route(
        "/auto/guide/<string:token>/compare",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def compare(self, token, lang=None, **params):
        door = self._guide(token)
        self._set_language(lang)
        wanted = [
            self._number(one) for one in request.httprequest.args.getlist("m")[:20]
        ]
        published = self._models(door)
        models = published.filtered(lambda model: model.id in wanted)[:MAX_COMPARED]
        sheet = request.env["auto.model.sheet"].sudo()  # as show_model()
        rows = (
            sheet.with_context(lang=request.env.lang)._sheet(
                list(models), prices=door.guide_prices
            )
            if models
            else []
        )
        return self._page(
            door,
            "auto_crm_lead.guide_compare",
            params,
            models=models,
            rows=rows,
            others=published - models,
            most=MAX_COMPARED,
            here="compare",
            kept=[("m", model.id) for model in models],
        )

    @http.route(
        "/auto/guide/<string:token>/photo/<int:photo_id>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def photo(self, token, photo_id, small="", **_params):
        door = self._guide(token)
        # Of published models only, which is asked right here.
        photo = request.env["auto.model.photo"].sudo().browse(photo_id).exists()
        if not photo or photo.model_id not in self._models(door):
            raise request.not_found()
        return self._picture(photo, "image_256" if small else "image")

    @http.route(
        "/auto/guide/<string:token>/logo/<int:brand_id>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def logo(self, token, brand_id, **_params):
        door = self._guide(token)
        brand = self._models(door).brand_id.filtered(lambda one: one.id == brand_id)
        if not brand.image_128:
            raise request.not_found()
        return self._picture(brand, "image_128")

    @http.route(
        "/auto/guide/<string:token>/ask",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def ask(self, token, lang=None, **params):
        door = self._guide(token)
        self._set_language(lang)
        return self._form(door, params, {"wish": str(params.get("wish") or "")})

    @http.route(
        "/auto/guide/<string:token>/ask",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        max_content_length=256 * 1024,
    )
    def submit(self, token, lang=None, **params):
        door = self._guide(token)
        self._set_language(lang)
        typed = {name: str(params.get(name) or "").strip() for name in FIELDS}
        # Only a robot fills in what nobody sees; it is told nothing.
        honeypot = str(params.get("website") or "")[:200]
        error = self._check(door, typed, params) or self._check_drive(door, typed)
        if not error:
            error = self._take_in(door, typed, params, honeypot)
        if error and not honeypot:
            return self._form(door, params, typed, error)
        address = self._address(door, params)
        return request.redirect(address("thanks"), code=303)

    @http.route(
        "/auto/guide/<string:token>/thanks",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def thanks(self, token, lang=None, **params):
        door = self._guide(token)
        self._set_language(lang)
        return self._page(
            door,
            "auto_crm_lead.guide_thanks",
            params,
            reference=request.session.get("auto_enquiry_ref"),
            here="thanks",
        )

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    def _guide(self, token):
        door = request.env["auto.intake.source"]._by_guide_token(token)
        if not door:
            raise request.not_found()
        return door

    def _models(self, door):
        return door._guide_models().with_context(lang=request.env.lang)

    def _model(self, door, model_id):
        model = self._models(door).filtered(lambda one: one.id == model_id)
        if not model:
            raise request.not_found()
        return model

    def _number(self, text):
        """Return the whole number that was sent, or 0."""
        text = str(text or "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def _uses(self):
        # What cars are for is on the page, whoever looks at it.
        uses = request.env["auto.vehicle.use"].sudo()
        return uses.search([("category_ids", "!=", False)])

    def _needs(self, door, published, params):
        """Return the needs that were asked for, of those that the page offers."""
        needs = {name: self._number(params.get(name)) for name in NEEDS}
        fuel = str(params.get("fuel") or "")
        needs["fuel"] = fuel if fuel in published.mapped("default_fuel_type") else ""
        if not door.guide_prices:
            needs["budget"] = 0  # else the price could be found out by asking
        if needs["use"] not in self._uses().ids:
            needs["use"] = 0
        if needs["body"] not in published.category_id.ids:
            needs["body"] = 0
        if needs["seats"] > 60:
            needs["seats"] = 0
        return needs

    def _choices(self, door, published):
        """Return what can be asked for, of what the published models have."""
        fuels = dict(
            published._fields["default_fuel_type"]._description_selection(request.env)
        )
        used = set(published.mapped("default_fuel_type"))
        choices = {
            "seats": sorted({seats for seats in published.mapped("seats") if seats}),
            "body": [(one.id, one.name) for one in published.category_id],
            "fuel": [(code, name) for code, name in fuels.items() if code in used],
            "use": [(use.id, use.name) for use in self._uses()],
            "budget": [],
        }
        if door.guide_prices:
            prices = [price for price in published.mapped("guide_price_min") if price]
            # Rounded up to half of the highest power of ten: 150,000, 200,000 …
            step = 10 ** (len(str(int(max(prices, default=1)))) - 1) / 2
            steps = sorted({int(-(-price // step) * step) for price in prices})
            currency = published[:1].guide_currency_id
            choices["budget"] = [(one, currency.format(one)) for one in steps]
        return choices

    def _find(self, door, published, needs, words):
        """Return the models that meet the needs, and what those nearest to them miss.

        :return: the models, and by model id the words for what it does not meet;
            empty when the models meet everything
        """
        words = str(words or "").replace("\x00", "").strip().lower()[:60]
        if words:
            published = published.filtered(
                lambda model: all(
                    word in f"{model.brand_id.name} {model.name}".lower()
                    for word in words.split()
                )
            )
        use = self._uses().filtered(lambda one: one.id == needs["use"])
        env = request.env

        def misses(model):
            texts = []
            if needs["budget"] and not 0 < model.guide_price_min <= needs["budget"]:
                texts.append(env._("costs more"))
            if needs["seats"] and model.seats < needs["seats"]:
                texts.append(env._("has fewer seats"))
            if needs["body"] and model.category_id.id != needs["body"]:
                texts.append(env._("has another body"))
            if needs["fuel"] and model.default_fuel_type != needs["fuel"]:
                texts.append(env._("has another drive"))
            if use and model.category_id not in use.category_ids:
                texts.append(env._("is made for another use"))
            return texts

        missed = {model.id: misses(model) for model in published}
        fitting = published.filtered(lambda model: not missed[model.id])
        if fitting or not published:
            return fitting, {}
        least = min(len(texts) for texts in missed.values())
        near = published.filtered(lambda model: len(missed[model.id]) == least)
        return near, {model.id: ", ".join(missed[model.id]) for model in near}

    def _price(self, door, model):
        """Return the guide price in words, or ``""`` where none is shown."""
        if not door.guide_prices or not model.guide_price_min:
            return ""
        return request.env._(
            "from %s", model.guide_currency_id.format(int(model.guide_price_min))
        )

    def _picture(self, record, name):
        stream = request.env["ir.binary"]._get_image_stream_from(record, name)
        response = stream.get_response(max_age=24 * 3600)
        response.headers["Content-Security-Policy"] = "default-src 'none'"
        return response

    # ------------------------------------------------------------------
    # The form
    # ------------------------------------------------------------------

    def _take_in(self, door, typed, params, honeypot):
        model = self._models(door).filtered(
            lambda one: one.id == self._number(params.get("model"))
        )
        needs = self._needs(door, self._models(door), params)
        wishes = dict(
            request.env["crm.lead"]
            ._fields["guide_wish"]
            ._description_selection(request.env)
        )
        start = self._drive_start(door, typed)

        def keep(result):
            lead = result["lead"]
            if values["wish"] in wishes:
                lead.guide_wish = values["wish"]  # what was asked for last
            if start:
                lead._wish_drive(start, model)

        lines = []
        if typed["wish"] in wishes:
            lines.append(
                request.env._(
                    "Buying guide: asks for %s", wishes[typed["wish"]].lower()
                )
            )
        if start:
            when = f"{typed['day']} {typed['clock']}"
            lines.append(request.env._("Would like to come on: %s", when))
        lines.append(typed["message"])
        values = {
            "name": typed["name"],
            "phone": typed["phone"],
            "email": typed["email"],
            "city": typed["city"],
            "message": "\n".join(filter(None, lines)),
            "purchase_horizon": typed["horizon"],
            "wish": typed["wish"],
            "needs": {
                "budget": needs["budget"],
                "seats": needs["seats"],
                "category": needs["body"],
                "use": needs["use"],
            },
            "honeypot": honeypot,
        }
        if model:
            values["vehicle"] = {
                "brand": model.brand_id.name,
                "model": model.name,
                "condition": "new",
            }
        return self._deliver(
            door,
            values,
            self._wordings(door, typed),
            params["nonce"],
            channel="guide",
            user=request.env["auto.salesperson"]._user_of_code(
                str(params.get("c") or ""), door.company_id
            ),
            keep=keep,
        )

    def _clocks(self, door):
        """Return the times at which a test drive may be asked for, as texts."""
        # When a store is open is no secret.
        attendances = door.company_id.sudo().resource_calendar_id.attendance_ids
        worked = attendances.filtered(lambda one: one.day_period != "lunch")
        first, last = OPEN_HOURS
        if worked:
            first = math.ceil(min(worked.mapped("hour_from")))
            last = math.floor(max(worked.mapped("hour_to")))
        return [f"{hour:02d}:00" for hour in range(first, max(last, first + 1))]

    def _zone(self, door):
        return request.env["auto.test.drive"]._zone_of(door.company_id)

    def _drive_start(self, door, typed):
        """Return when a test drive is wished for, in naive UTC.

        None when nothing was asked for, and for what is no such time.
        """
        if typed["wish"] != "test_drive" or typed["clock"] not in self._clocks(door):
            return None
        zone = self._zone(door)
        try:
            day = date.fromisoformat(typed["day"])
        except ValueError:
            return None
        moment = datetime.combine(day, time.fromisoformat(typed["clock"]), zone)
        now = datetime.now(zone)
        if not now < moment < now + timedelta(days=DRIVE_DAYS + 1):
            return None
        return moment.astimezone(UTC).replace(tzinfo=None)

    def _check_drive(self, door, typed):
        """Return what is wrong with the time of a test drive, in words, else ``""``."""
        asked = typed["wish"] == "test_drive" and typed["day"]
        if asked and not self._drive_start(door, typed):
            return request.env._(
                "Please choose a day of the next %s days, and a time that is not over.",
                DRIVE_DAYS,
            )
        return ""

    def _form(self, door, params, typed, error=""):
        published = self._models(door)
        moment = str(int(datetime.now(UTC).timestamp()))
        nonce = secrets.token_urlsafe(16)
        needs = self._needs(door, published, params)
        today = datetime.now(self._zone(door)).date()
        return self._page(
            door,
            "auto_crm_lead.guide_ask",
            params,
            models=published,
            model=published.filtered(
                lambda one: one.id == self._number(params.get("model"))
            ),
            typed=typed,
            error=error,
            moment=moment,
            nonce=nonce,
            stamp=self._stamp(door, moment, nonce),
            needs={name: value for name, value in needs.items() if value},
            wishes=request.env["crm.lead"]
            ._fields["guide_wish"]
            ._description_selection(request.env),
            # A visitor may know the choices of the form.
            horizons=request.env["auto.lead.horizon"].sudo().search([], order="months"),
            clocks=self._clocks(door),
            first_day=today,
            last_day=today + timedelta(days=DRIVE_DAYS),
            consent_text=self._consent_text(door),
            marketing_text=self._marketing_text(door),
            here="ask",
        )

    # ------------------------------------------------------------------
    # The frame
    # ------------------------------------------------------------------

    def _address(self, door, params):
        """Return what makes the addresses of the guide's pages.

        The language and whose guest the visitor is go from page to page.
        """
        kept = {"lang": request.env.lang}
        if code := str(params.get("c") or "")[:40]:
            kept["c"] = code

        def address(page="", pairs=(), **values):
            query = [*pairs, *({**kept, **values}).items()]
            path = f"/auto/guide/{door.guide_token}"
            text = urlencode([(key, value) for key, value in query if value])
            return f"{path}/{page}?{text}" if page else f"{path}?{text}"

        return address

    def _page(self, door, template, params, here="", kept=(), **values):
        store = door.company_id.with_env(request.env(su=True))
        address = self._address(door, params)
        return request.render(
            template,
            {
                "door": door.with_context(lang=request.env.lang),
                "store": store,
                "res_company": store,
                "languages": self._languages(),
                "address": address,
                "token": door.guide_token,
                "code": str(params.get("c") or "")[:40],
                "price_of": lambda model: self._price(door, model),
                "photo_url": lambda photo, small=False: (
                    f"/auto/guide/{door.guide_token}/photo/{photo.id}"
                    + ("?small=1" if small else "")
                ),
                "logo_url": lambda brand: (
                    f"/auto/guide/{door.guide_token}/logo/{brand.id}"
                ),
                "lang_url": lambda code: address(here, kept, lang=code),
                **values,
            },
            headers={"Cache-Control": "no-store"},
        )
