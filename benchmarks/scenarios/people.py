"""Invented people for the scenarios, and a big table of prospects to hide among."""

import itertools
import random

from odoo.tools import SQL

# Elsewhere in each run, so that one database can be used again.
_numbers = itertools.count(random.randrange(90_000_000))


def fresh_person():
    """Return name, phone and e-mail of a person nobody has seen before."""
    number = next(_numbers)
    return {
        "name": f"Benchmark Person {number}",
        "phone": f"+86139{number:08d}",
        "email": f"person{number}@bench.example.com",
    }


def store(env):
    """Return the store in which the scenarios work."""
    parents = env["res.company"].search([("parent_id", "!=", False)], limit=1)
    return parents or env.company


def fill_leads(env, company, rows):
    """Bring the filling prospects of ``company`` up to ``rows``, each a known person.

    Written as raw SQL, with the identities that an intake would have made: the
    scenarios measure looking up, not filling. They stay, for the database is thrown
    away and removing a million takes longer than all the rest.
    """
    env.flush_all()
    there = env["crm.lead"].search_count([("name", "=like", "Filler %")])
    env.cr.execute(
        SQL(
            """
            WITH lead AS (
                INSERT INTO crm_lead
                    (name, type, active, company_id, phone, phone_sanitized,
                     email_from, email_normalized, probability, won_status,
                     followup_state, create_date)
                SELECT 'Filler ' || i, 'opportunity', true, %(company)s,
                       '+86137' || lpad(i::text, 8, '0'),
                       '+86137' || lpad(i::text, 8, '0'),
                       'filler' || i || '@bench.example.com',
                       'filler' || i || '@bench.example.com', 10, 'pending',
                       'first_contact', now()
                  FROM generate_series(%(there)s + 1, %(rows)s) AS i
                RETURNING id, phone_sanitized, email_normalized
            )
            INSERT INTO auto_lead_identity (company_id, lead_id, kind, value)
            SELECT %(company)s, id, 'phone', phone_sanitized FROM lead
            UNION ALL
            SELECT %(company)s, id, 'email', email_normalized FROM lead
            """,
            company=company.id,
            rows=rows,
            there=there,
        )
    )
    env.cr.commit()
    env.cr.execute(SQL("ANALYZE crm_lead"))
    env.cr.execute(SQL("ANALYZE auto_lead_identity"))
    env.cr.commit()
