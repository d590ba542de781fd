"""How much a workshop can take on: bays, technicians, and what is booked already.

Plain Python, so that each question is answered without the database: the model reads
once what concerns the days in question, and this class answers for each moment.
All moments are in UTC without zone, all spans are ``(start, stop)``.
"""

from collections import namedtuple
from datetime import timedelta

#: ``skills`` is a frozenset of ids; an empty one stands for all work.
Bay = namedtuple("Bay", "id skills")
Technician = namedtuple("Technician", "id skills spans")
#: ``promised`` says whether it was booked; what is only planned does not count in the
#: share that may be booked.
Booking = namedtuple("Booking", "start stop skill bay_id promised", defaults=[True])

#: Why a moment is not offered.
CLOSED, BAY, TECHNICIAN, SHARE, ARRIVALS = (
    "closed",
    "bay",
    "technician",
    "share",
    "arrivals",
)


def overlap(spans, start, stop):
    """Return the hours of ``spans`` that lie between two moments."""
    seconds = sum(
        (min(last, stop) - max(first, start)).total_seconds()
        for first, last in spans
        if first < stop and last > start
    )
    return seconds / 3600


def fits(skills, skill):
    """Return whether a bay or technician with ``skills`` is for work of ``skill``."""
    return not skill or not skills or skill in skills


class Capacity:
    """The workshop of one store over some days.

    :param spans: when the store is open, ascending
    :param days: ``[(start, stop)]`` of the calendar days, ascending
    :param bays: list of :class:`Bay`
    :param technicians: list of :class:`Technician`; None where the store keeps no
        files of them, so that only bays count
    :param bookings: list of :class:`Booking`
    :param float share: how much of a day may be booked, 0 to 1
    :param int arrivals: how many cars may come within ``step``; 0 for any number
    :param timedelta step: the time between two offered moments
    """

    def __init__(self, spans, days, bays, technicians, bookings, share, arrivals, step):
        self.spans = spans
        self.days = days
        self.bays = bays
        self.technicians = technicians
        self.bookings = bookings
        self.share = share
        self.arrivals = arrivals
        self.step = step
        self._day_hours = {}
        self._by_day = [
            [one for one in bookings if one.start < end and one.stop > day]
            for day, end in days
        ]

    def _near(self, start, stop):
        """Return the bookings that meet a span."""
        near = {}
        for (day, end), bookings in zip(self.days, self._by_day, strict=True):
            if day < stop and end > start:
                near.update(
                    (id(one), one)
                    for one in bookings
                    if one.start < stop and one.stop > start
                )
        return list(near.values())

    def stop_of(self, start, hours):
        """Return when work begun at ``start`` is done, in opening hours; or None."""
        left = timedelta(hours=hours)
        for first, last in self.spans:
            if last <= start:
                continue
            first = max(first, start)
            if left <= last - first:
                return first + left
            left -= last - first
        return None

    def is_open(self, moment):
        """Return whether the store is open at a moment."""
        return any(first <= moment < last for first, last in self.spans)

    def opening_hours(self, day, end):
        """Return how many hours the store is open on a day."""
        return overlap(self.spans, day, end)

    def free_bay(self, start, stop, skill, bay_id=None):
        """Return the id of a free bay fitted for the work, or None.

        The least versatile one is taken, so that the others stay free for more.
        """
        taken = {booking.bay_id for booking in self._near(start, stop)}
        free = [
            bay
            for bay in self.bays
            if bay.id not in taken
            and fits(bay.skills, skill)
            and (not bay_id or bay.id == bay_id)
        ]
        if not free:
            return None
        return min(free, key=lambda bay: len(bay.skills) or 1000).id

    def why_not(self, start, stop, skill, bay_id=None):
        """Return why work cannot be booked, as a word of this module, else ``""``."""
        if not stop or not self.is_open(start):
            return CLOSED
        if not self.free_bay(start, stop, skill, bay_id):
            return BAY
        if self.arrivals and self._arriving(start) >= self.arrivals:
            return ARRIVALS
        if not self._has_technicians(start, stop, skill):
            return TECHNICIAN
        if not self._in_share(start, stop, skill):
            return SHARE
        return ""

    def starts(self, first, last):
        """Return the moments on the grid at which the store is open."""
        moments = []
        for day, next_day in self.days:
            moment = day
            while moment < next_day:
                if first <= moment < last and self.is_open(moment):
                    moments.append(moment)
                moment += self.step
        return moments

    # ------------------------------------------------------------------

    def _arriving(self, start):
        """Return how many cars come within the step of the grid that holds start."""
        day = next((day for day, end in self.days if day <= start < end), start)
        first = day + (start - day) // self.step * self.step
        last = first + self.step
        return sum(
            one.promised and first <= one.start < last
            for one in self._near(first, last)
        )

    def _has_technicians(self, start, stop, skill):
        """Return whether each work at each moment finds a technician of its trade."""
        if self.technicians is None:
            return True
        near = self._near(start, stop)
        edges = {start, *(one.start for one in near)}
        for technician in self.technicians:
            for span in technician.spans:
                edges.update(span)
        for moment in sorted(edge for edge in edges if start <= edge < stop):
            if not self.is_open(moment):
                continue
            here = [
                technician
                for technician in self.technicians
                if any(first <= moment < last for first, last in technician.spans)
            ]
            works = [one.skill for one in near if one.start <= moment < one.stop]
            before = self._matched(works, here)
            if self._matched([*works, skill], here) <= before:
                return False
        return True

    @staticmethod
    def _matched(works, technicians):
        """Return how many works find a technician each, at best."""
        given = {}

        def give(work, tried):
            for index, technician in enumerate(technicians):
                if index in tried or not fits(technician.skills, works[work]):
                    continue
                tried.add(index)
                if index not in given or give(given[index], tried):
                    given[index] = work
                    return True
            return False

        return sum(give(work, set()) for work in range(len(works)))

    def _in_share(self, start, stop, skill):
        """Return whether the bookable share of each day holds, with this work."""
        for day, end in self.days:
            new = overlap(self.spans, max(start, day), min(stop, end))
            if new <= 0:
                continue
            for trade in {False, skill}:
                capacity, booked = self.hours_of(day, end, trade)
                if booked + new > capacity * self.share + 1e-6:
                    return False
        return True

    def hours_of(self, day, end, skill=False):
        """Return what a day can take and what is booked, in hours of work.

        :param skill: the trade; False for all work together
        """
        key = (day, skill)
        if key not in self._day_hours:
            opening = self.opening_hours(day, end)
            capacity = opening * sum(fits(bay.skills, skill) for bay in self.bays)
            if self.technicians is not None:
                capacity = min(
                    capacity,
                    sum(
                        overlap(technician.spans, day, end)
                        for technician in self.technicians
                        if fits(technician.skills, skill)
                    ),
                )
            booked = sum(
                overlap(self.spans, max(booking.start, day), min(booking.stop, end))
                for booking in self.bookings
                if booking.promised and (not skill or booking.skill == skill)
            )
            self._day_hours[key] = (capacity, booked)
        return self._day_hours[key]
